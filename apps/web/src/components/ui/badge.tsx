import clsx from "clsx";
import type { ReactNode } from "react";

type Tone = "plain" | "accent" | "good" | "warn" | "bad";

const TONES: Record<Tone, string> = {
  plain: "bg-raised text-muted",
  accent: "bg-accent-soft text-accent",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

export function Badge({ tone = "plain", title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span title={title} className={clsx("inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap", TONES[tone])}>
      {children}
    </span>
  );
}

const POSITIONS: Record<string, string> = {
  QB: "text-pos-qb",
  RB: "text-pos-rb",
  WR: "text-pos-wr",
  TE: "text-pos-te",
  DST: "text-pos-dst",
};

export function Position({ code }: { code: string }) {
  return <span className={clsx("inline-block w-9 text-xs font-bold tracking-wide", POSITIONS[code] ?? "text-muted")}>{code}</span>;
}

/** Said wherever a salary is shown that no site published. */
export function Modelled() {
  return (
    <Badge tone="warn" title="No site published these salaries: they are modelled from past fantasy points.">
      modelled salaries
    </Badge>
  );
}
