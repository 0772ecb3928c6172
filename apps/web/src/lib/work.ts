/** Work the server does for us, as far as it can be followed. `progress` is 0 to 1. */
export interface Work {
  id: number;
  status: string;
  progress: number;
  message?: string | null;
  /** Why it failed; nothing where it was cancelled. */
  error?: { message: string } | null;
  /** How many steps follow this one. */
  remaining: number;
  next_run_id?: number | null;
}

export const hasEnded = (work: Work): boolean => work.status !== "queued" && work.status !== "running";

/** Whether the work is done, with everything that was to follow it. */
export const isOver = (work: Work): boolean => hasEnded(work) && work.next_run_id == null;
