import clsx from "clsx";
import type { ReactNode } from "react";

interface Props {
  title?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  flush?: boolean;
}

/** A titled surface; `flush` lets tables reach its edges. */
export function Card({ title, note, actions, children, className, flush = false }: Props) {
  return (
    <section className={clsx("rounded-card border border-line bg-surface shadow-card", className)}>
      {(title != null || actions != null) && (
        <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 pt-4 pb-3">
          <div>
            <h2 className="text-[0.95rem] font-semibold">{title}</h2>
            {note != null && <p className="mt-0.5 text-sm text-muted">{note}</p>}
          </div>
          {actions}
        </header>
      )}
      <div className={flush ? "" : clsx("px-5 pb-5", title == null && actions == null && "pt-5")}>{children}</div>
    </section>
  );
}
