import { describe, expect, it } from "vitest";
import { parsed, written } from "./prizes";

describe("prizes", () => {
  it("come back as they were written", () => {
    const prizes = [
      { first: 1, last: 1, cash_usd: 500, ticket_usd: 0 },
      { first: 2, last: 10, cash_usd: 25.5, ticket_usd: 5 },
    ];
    expect(written(prizes)).toBe("1: 500\n2-10: 25.5 + ticket 5");
    expect(parsed(written(prizes))).toEqual(prizes);
  });
  it("take dollar signs and commas", () => {
    expect(parsed("1: $1,000,000")).toEqual([{ first: 1, last: 1, cash_usd: 1000000, ticket_usd: 0 }]);
  });
  it("say which line is none", () => {
    expect(parsed("1: 5\nfirst gets all")).toContain("first gets all");
    expect(parsed("  ")).toContain("State");
  });
});
