import { expect, test } from "vitest";
import { ago, number, percent, salary, signed, team, when, words } from "./format";

test("a missing number is a dash, never a zero", () => {
  expect([number(null), salary(undefined), percent(null), signed(null), team(null)]).toEqual(["–", "–", "–", "–", "–"]);
  expect(number(Number.NaN)).toBe("–");
  expect(number(0)).toBe("0.0");
});

test("numbers carry their units and signs", () => {
  expect(salary(7400)).toBe("$7,400");
  expect(percent(0.125, 1)).toBe("12.5%");
  expect([signed(2.5), signed(-3), signed(0)]).toEqual(["+2.5", "−3.0", "0.0"]);
});

test("keys become words", () => {
  expect(words("passing_yards")).toBe("Passing yards");
  expect(words("draftkings_classic_points")).toBe("DraftKings classic points");
  expect(words("mlb_statsapi")).toBe("MLB StatsAPI");
  expect(words("nflverse")).toBe("nflverse");
  expect(team("nfl:KC")).toBe("KC");
});

test("ages are read off a given moment", () => {
  const now = Date.parse("2026-01-02T12:00:00Z");
  expect(ago("2026-01-02T11:57:00Z", now)).toBe("3 minutes ago");
  expect(ago("2026-01-01T12:00:00Z", now)).toBe("yesterday");
  expect(ago(null, now)).toBe("never");
  expect(ago("2026-01-02T11:59:50Z", now)).toBe("just now");
});

test("a moment of another year says so", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  expect(when("2026-01-11T18:00:00Z", now)).not.toContain("2026");
  expect(when("2019-11-24T18:00:00Z", now)).toContain("2019");
});
