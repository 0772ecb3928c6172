/** What the service says of a finished contest; shares and chances from 0 to 1, money in dollars. */
export interface Grade {
  contest: string;
  entries: number;
  is_final: boolean;
  unknown_share: number;
  habits: string;
  model_has_seen_it: boolean;
  ownership: Errors;
  projected_ownership?: Errors;
  /** Predicted, then real. */
  field_scores: { mean: [number, number]; sd: [number, number]; best: [number, number]; quantiles: Record<string, [number, number]> };
  duplicates: { predicted: Duplicates; real: Duplicates };
  stacks: { predicted: Record<string, number>; real: Record<string, number>; distance: number };
  projections: { players: number; mae: number; mae_drafted: number; bias: number; rank_correlation: number } | null;
  range: { players: number; below: number; within: number; above: number; expected: number } | null;
  entered: (Placed & { user: string }) | null;
  built: (Partial<Placed> & { unknown: number; left_out: number; lineups: BuiltLineup[] }) | null;
  players: GradedPlayer[];
}

interface Errors {
  /** Percentage points. */
  mae: number;
  rank_correlation: number;
}

interface Duplicates {
  distinct_share: number;
  most_copies: number;
}

export interface Placed {
  entries: number;
  best_rank: number;
  points: { mean: number; best: number; field_mean: number };
  beaten_share: number;
  profit_usd: number | null;
  cashed?: number;
}

export interface BuiltLineup {
  projected_points: number;
  real_points: number | null;
  rank: number | null;
  won_usd: number | null;
}

export interface GradedPlayer {
  name: string;
  team_id: string | null;
  position: string;
  salary_usd: number;
  projected_points: number;
  real_points: number | null;
  predicted_ownership: number;
  real_ownership: number;
}

/** The grades of a run that graded a contest; null for any other. */
export function gradeOf(run: { job: string; status: string; result: unknown } | null | undefined): Grade | null {
  return run?.job === "grade_contest" && run.status === "succeeded" && run.result != null ? (run.result as Grade) : null;
}
