import { CircleAlert, Inbox } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button";

/** What a page shows while it waits, when there is nothing, and when something failed. */
export function Loading({ rows = 6, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="space-y-3 p-5">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="h-5 animate-pulse rounded bg-raised" style={{ width: `${95 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <Inbox aria-hidden className="size-8 text-faint" strokeWidth={1.5} />
      <h3 className="font-semibold">{title}</h3>
      {children != null && <div className="max-w-prose text-sm text-balance text-muted">{children}</div>}
      {action}
    </div>
  );
}

interface FailureProps {
  error: unknown;
  retry?: () => void;
}

export function Failure({ error, retry }: FailureProps) {
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-12 text-center">
      <CircleAlert aria-hidden className="size-8 text-bad" strokeWidth={1.5} />
      <p className="max-w-prose text-sm">{error instanceof Error ? error.message : "Something went wrong."}</p>
      {retry && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

/** A short message inside a form or above a table. */
export function Notice({ tone = "warn", children }: { tone?: "warn" | "bad" | "good"; children: ReactNode }) {
  const looks = { warn: "bg-warn-soft text-warn", bad: "bg-bad-soft text-bad", good: "bg-good-soft text-good" }[tone];
  return (
    <div role={tone === "bad" ? "alert" : "status"} className={`rounded-lg px-4 py-3 text-sm ${looks}`}>
      {children}
    </div>
  );
}
