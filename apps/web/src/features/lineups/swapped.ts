/** What the service says of a late swap: how many entries became what, and every entry's new lineup. */
export interface Swapped {
  upload_id: number;
  swapped: number;
  same: number;
  kept: number;
  finished: number;
  unknown: number;
  entries: { entry_id: string; outcome: string; draftable_ids: (number | null)[] }[];
}

/** The outcome of a run that swapped entries; null for any other. */
export function swapped(run: { job: string; status: string; result: unknown } | null): Swapped | null {
  return run?.job === "late_swap" && run.status === "succeeded" && run.result != null ? (run.result as Swapped) : null;
}
