import { expect, test } from "vitest";
import type { Run } from "@/api/runs";
import { answerOf } from "./answer";

const run = (part: Partial<Run>): Run => ({ job: "what_if", status: "succeeded", result: { worlds: 10, players: [], games: [] }, ...part }) as Run;

test("a finished run has an answer", () => {
  expect(answerOf(run({}))?.worlds).toBe(10);
});

test("a run that is under way, failed, or of something else has none", () => {
  expect(answerOf(null)).toBeNull();
  expect(answerOf(run({ status: "running" }))).toBeNull();
  expect(answerOf(run({ status: "failed", result: null }))).toBeNull();
  expect(answerOf(run({ job: "simulate" }))).toBeNull();
});
