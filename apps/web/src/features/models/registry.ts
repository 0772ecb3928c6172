import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Schemas } from "@/api/client";

export type Model = Schemas["ModelRead"];
export type Detail = Schemas["ModelDetail"];

/** What is shown of a model's scores: its name in `metrics`, what it is called and means, and how it is written. */
export interface Score {
  key: string;
  header: string;
  help: string;
  digits: number;
  /** Which way is better; where neither, the value that would be right. */
  better: "low" | number;
}

export const SCORES: Score[] = [
  { key: "crps", header: "CRPS", help: "Continuous ranked probability score, in the market's unit: how far the whole distribution was off", digits: 3, better: "low" },
  { key: "mae", header: "MAE", help: "Mean absolute error of the mean", digits: 3, better: "low" },
  { key: "rmse", header: "RMSE", help: "Root mean squared error of the mean", digits: 3, better: "low" },
  { key: "bias", header: "Bias", help: "Mean of what was told minus what happened", digits: 3, better: 0 },
  { key: "log_score", header: "Log score", help: "Mean negative log-likelihood of what happened", digits: 3, better: "low" },
  { key: "pit_error", header: "PIT error", help: "Mean distance of the probability integral transform from uniform; 0 is calibrated", digits: 4, better: "low" },
  { key: "coverage_80", header: "In 80 %", help: "How often the outcome lay in the central 80 %; a whole number at its end counts for the part that lies inside", digits: 3, better: 0.8 },
];

export const modelsQuery = queryOptions({ queryKey: ["models"], queryFn: everyModel });
export const modelQuery = (id: number) => queryOptions({ queryKey: ["models", id], queryFn: () => ask(api.GET("/api/models/{model_id}", { params: { path: { model_id: id } } })) });
export const reportsQuery = queryOptions({ queryKey: ["model-reports"], queryFn: () => ask(api.GET("/api/models/reports")) });

/** Every registered model, page by page. */
async function everyModel(): Promise<Model[]> {
  const found: Model[] = [];
  for (;;) {
    const page = await ask(api.GET("/api/models", { params: { query: { limit: 200, offset: found.length } } }));
    found.push(...page.items);
    if (page.items.length === 0 || found.length >= page.total) return found;
  }
}

/** Which of two values is better, -1 the first, 1 the second, 0 neither. */
export function better(score: Score, one: number | undefined, two: number | undefined): -1 | 0 | 1 {
  if (one == null || two == null) return 0;
  const cost = (value: number) => (score.better === "low" ? value : Math.abs(value - score.better));
  const gap = cost(one) - cost(two);
  return Math.abs(gap) < 1e-9 ? 0 : gap < 0 ? -1 : 1;
}
