import type { Run } from "@/api/runs";

/** What the service says of a contest; money in dollars, chances from 0 to 1. */
export interface Outcome {
  lineup_set_id: number;
  contest: { name: string; fee_usd: number; entries: number; prize_pool_usd: number };
  draws: "joint" | "independent";
  worlds: number;
  own_entries: number;
  field_entries: number;
  portfolio: {
    cost_usd: number;
    profit_usd: number;
    standard_error_usd: number;
    interval_95_usd: [number, number];
    roi: number | null;
    sd_usd: number;
    prob_profit: number;
    prob_any_cash: number;
    quantiles_usd: Record<string, number>;
    best_usd: number;
  };
  profit_histogram: { from: number; width: number; shares: number[]; beyond: number };
  lineups: LineupOutcome[];
  roi_by_lineups: { lineups: number; worlds: number; profit_usd: number; standard_error_usd: number; roi: number | null; sd_usd: number; prob_profit: number }[];
  field: { habits: string; most_drafted: { draftable_id: number; name: string; ownership: number }[] };
}

export interface LineupOutcome {
  lineup_id: number;
  /** Its place in the order in which to enter the lineups. */
  pick: number;
  profit_usd: number;
  standard_error_usd: number;
  roi: number | null;
  sd_usd: number;
  prob_cash: number;
  prob_top: number;
  prob_first: number;
  duplicates: number;
  expected_duplicates: number;
}

/** The outcome of a run that simulated a contest; null for any other. */
export function outcomeOf(run: Run | null | undefined): Outcome | null {
  return run?.job === "simulate_contest" && run.status === "succeeded" && run.result != null ? (run.result as unknown as Outcome) : null;
}
