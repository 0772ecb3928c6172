import { render, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { gradeOf, type Grade } from "./grade";
import { Grades } from "./grades";

const GRADE: Grade = {
  contest: "final.csv",
  entries: 1000,
  is_final: true,
  unknown_share: 0,
  habits: "learned elsewhere",
  model_has_seen_it: false,
  ownership: { mae: 2.41, rank_correlation: 0.93 },
  field_scores: { mean: [231, 234.6], sd: [30, 31], best: [330, 341.5], quantiles: {} },
  duplicates: { predicted: { distinct_share: 0.8, most_copies: 9 }, real: { distinct_share: 0.7, most_copies: 14 } },
  stacks: { predicted: {}, real: {}, distance: 0.1 },
  projections: { players: 120, mae: 8.17, mae_drafted: 9.02, bias: -0.4, rank_correlation: 0.69 },
  range: { players: 120, below: 0.12, within: 0.76, above: 0.12, expected: 0.8 },
  entered: { user: "ann", entries: 3, best_rank: 7, points: { mean: 240, best: 301.25, field_mean: 234.6 }, beaten_share: 0.61, profit_usd: -4.5, cashed: 1 },
  built: {
    entries: 1, best_rank: 12, points: { mean: 280, best: 280, field_mean: 234.6 }, beaten_share: 0.9, profit_usd: null, unknown: 1, left_out: 0,
    lineups: [
      { projected_points: 255, real_points: 280, rank: 12, won_usd: null },
      { projected_points: 250, real_points: null, rank: null, won_usd: null },
    ],
  },
  players: [
    { name: "Al Guard", team_id: "nba:BOS", position: "PG", salary_usd: 9000, projected_points: 44, real_points: 51.5, predicted_ownership: 0.31, real_ownership: 0.35 },
    { name: "Bo Big", team_id: null, position: "C", salary_usd: 4000, projected_points: 20, real_points: null, predicted_ownership: 0.02, real_ownership: 0 },
  ],
};

test("only a run that graded a contest has grades", () => {
  expect(gradeOf({ job: "simulate_contest", status: "succeeded", result: GRADE })).toBeNull();
  expect(gradeOf({ job: "grade_contest", status: "failed", result: null })).toBeNull();
  expect(gradeOf({ job: "grade_contest", status: "succeeded", result: GRADE })).toBe(GRADE);
});

test("what was expected stands beside what happened", () => {
  render(<Grades grade={GRADE} />);
  expect(screen.getByText("Entries of ann")).toBeInTheDocument();
  expect(screen.getByText("-$4.50")).toBeInTheDocument();
  expect(screen.getByText("1 of 3 paid")).toBeInTheDocument();
  expect(screen.getByText("80% expected; 12% below, 12% above")).toBeInTheDocument();
  const players = screen.getByRole("table", { name: "Players predicted and real" });
  const [, first, second] = within(players).getAllByRole("row");
  expect(first).toHaveTextContent("Al Guard");
  expect(first).toHaveTextContent("+7.5");
  expect(second).toHaveTextContent("Bo Big");
  expect(second).toHaveTextContent("–"); // nobody drafted him, so nobody tells his points
  const lineups = screen.getByRole("table", { name: "What each lineup scored" });
  expect(within(lineups).getAllByRole("row")).toHaveLength(3);
  expect(screen.getByText(/1 hold somebody whom nobody drafted/)).toBeInTheDocument();
  expect(screen.queryByText(/still being played/)).toBeNull();
});

test("a contest that is not over, or that the model learned from, is said to be so", () => {
  render(<Grades grade={{ ...GRADE, is_final: false, model_has_seen_it: true, entered: null, built: null, projections: null }} />);
  expect(screen.getByText(/still being played/)).toBeInTheDocument();
  expect(screen.getByText(/flatter/)).toBeInTheDocument();
  expect(screen.queryByText("Lineups")).toBeNull();
  expect(screen.getByText(/tell nobody's points/)).toBeInTheDocument();
});
