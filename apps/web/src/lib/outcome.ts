/** What the service says of a contest; money in dollars, chances from 0 to 1. */
export interface Outcome {
  lineup_set_id: number;
  contest: { name: string; fee_usd: number; entries: number; prize_pool_usd: number };
  /** How the points were drawn; see the notices on the results. */
  draws: "joint" | "scaled" | "copula";
  /** How many different lineups were proposed, where they were built for the contest. */
  candidates?: number;
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

const PLAYED = new Set(["simulate_contest", "portfolio"]);

/** The outcome of a run that played a contest; null for any other. */
export function outcomeOf(run: { job: string; status: string; result: unknown } | null | undefined): Outcome | null {
  return run != null && PLAYED.has(run.job) && run.status === "succeeded" && run.result != null ? (run.result as Outcome) : null;
}
