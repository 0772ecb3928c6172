import { expect, test } from "vitest";
import { better, SCORES } from "./registry";

const of = (key: string) => SCORES.find((s) => s.key === key) ?? (() => { throw new Error(key); })();

test("a lower score is better, and a coverage nearer to what was told", () => {
  expect(better(of("crps"), 1.2, 1.3)).toBe(-1);
  expect(better(of("coverage_80"), 0.9, 0.79)).toBe(1);
  expect(better(of("bias"), -0.1, 0.3)).toBe(-1);
});

test("without both values, or where they are equal, neither is better", () => {
  expect(better(of("mae"), undefined, 1)).toBe(0);
  expect(better(of("mae"), 1, 1)).toBe(0);
});
