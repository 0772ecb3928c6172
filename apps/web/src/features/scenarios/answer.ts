import type { Run } from "@/api/runs";

export interface Change {
  draftable_id: number;
  name: string;
  before: number;
  after: number;
  change: number;
}

interface Sides {
  home_score_mean: number;
  away_score_mean: number;
  prob_home_win: number;
}

export interface GameChange {
  game_id: string;
  before: Sides;
  after: Sides;
}

export interface Answer {
  worlds: number;
  players: Change[];
  games: GameChange[];
}

/** What a finished what-if run says; null while it has nothing to say. */
export function answerOf(run: Run | null): Answer | null {
  if (run?.job !== "what_if" || run.status !== "succeeded" || run.result == null) return null;
  return run.result as unknown as Answer;
}
