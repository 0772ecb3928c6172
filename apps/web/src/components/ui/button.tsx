import clsx from "clsx";
import type { ButtonHTMLAttributes } from "react";

type Kind = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<Kind, string> = {
  primary: "bg-accent text-accent-ink hover:opacity-90 border-transparent",
  plain: "bg-surface text-ink border-line hover:bg-raised",
  quiet: "bg-transparent text-muted border-transparent hover:bg-raised hover:text-ink",
  danger: "bg-surface text-bad border-line hover:bg-bad-soft",
};

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  busy?: boolean;
}

/** The class names of a button, for links that look like one. */
export function buttonClass(kind: Kind = "plain", className?: string): string {
  return clsx(
    "inline-flex h-10 items-center justify-center gap-2 rounded-lg border px-4 text-sm font-medium transition-colors select-none",
    "disabled:cursor-not-allowed disabled:opacity-50",
    LOOKS[kind],
    className,
  );
}

export function Button({ kind = "plain", busy = false, className, children, disabled, type = "button", ...rest }: Props) {
  return (
    <button type={type} className={buttonClass(kind, className)} disabled={disabled ?? busy} aria-busy={busy} {...rest}>
      {busy && <span aria-hidden className="size-4 animate-spin rounded-full border-2 border-current border-r-transparent" />}
      {children}
    </button>
  );
}
