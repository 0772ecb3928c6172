import { expect, test } from "vitest";
import { assumptions } from "./assumptions";

const GAME = {
  id: "7",
  away: { id: "CAR", abbreviation: "CAR", name: "Carolina Panthers" },
  home: { id: "NO", abbreviation: "NO", name: "New Orleans Saints" },
};
const ASKED = { slate_id: 1, out: [], lines: {}, wind_mph: {}, worlds: 10000, seed: 1 };

test("every change asked for is said, by the names a reader knows", () => {
  const asked = { ...ASKED, out: [3], lines: { "7": [-2.5, 51] as [number, number] }, wind_mph: { "7": 0 } };
  expect(assumptions(asked, [{ draftable_id: 3, name: "Michael Thomas" }], [GAME])).toBe(
    "Michael Thomas out, the home side by -2.5 in CAR at NO, a total of 51 in CAR at NO, 0 mph of wind in CAR at NO",
  );
});

test("half a line is half a line", () => {
  expect(assumptions({ ...ASKED, lines: { "7": [null, 51] as [null, number] } }, [], [GAME])).toBe("a total of 51 in CAR at NO");
});

test("nothing asked is nothing said", () => {
  expect(assumptions(ASKED, [], [GAME])).toBe("");
});
