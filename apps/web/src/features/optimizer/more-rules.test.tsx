import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import type { Problem } from "@/api/client";
import { MoreRules } from "./more-rules";
import type { Choices } from "./people";
import { asRequest, faultsByRow, fitting, START, type Rules } from "./request";

const CHOICES: Choices = {
  people: [
    { key: "1", label: "Ann One (QB, KC)", draftables: [11] },
    { key: "2", label: "Bea Two (WR, KC)", draftables: [12] },
    { key: "3", label: "Cee Three (WR, LV)", draftables: [13, 23] },
  ],
  teams: [{ id: "nfl:KC", name: "KC" }, { id: "nfl:LV", name: "LV" }],
  positions: ["QB", "WR"],
  games: [{ id: "nfl:1", name: "KC @ LV", teams: ["nfl:KC", "nfl:LV"] }],
  hasCaptain: true,
  hasLines: true,
  hasOrder: false,
};

function Harness({ problems = [], told }: { problems?: Problem[]; told: (rules: Rules) => void }) {
  const [rules, setRules] = useState(START);
  told(rules);
  const { sources } = asRequest(rules, CHOICES.people);
  return <MoreRules rules={rules} choices={CHOICES} faults={faultsByRow(problems, sources)} onChange={(part) => { setRules((old) => ({ ...old, ...part })); }} />;
}

async function open(problems: Problem[] = []) {
  let rules = START;
  render(<Harness problems={problems} told={(now) => { rules = now; }} />);
  await userEvent.click(screen.getByText(/More rules/));
  return () => asRequest(rules, CHOICES.people).rules;
}

const row = (name: string) => within(screen.getByRole("listitem", { name }));

test("with one player at most none of another, by names alone", async () => {
  const asked = await open();
  await userEvent.click(screen.getByRole("button", { name: "Add a group" }));
  const group = row("group 1");
  await userEvent.type(group.getByLabelText("If a lineup holds any of"), "ann{Enter}");
  await userEvent.selectOptions(group.getByLabelText("it holds"), "at most");
  await userEvent.clear(group.getByLabelText("how many"));
  await userEvent.type(group.getByLabelText("how many"), "0");
  await userEvent.type(group.getByLabelText("of"), "cee{Enter}");
  expect(asked().groups).toEqual([{ given: { draftables: [11] }, who: { draftables: [13, 23] }, at_most: 0 }]);
  await userEvent.click(group.getByRole("button", { name: "Take away Ann One (QB, KC)" }));
  expect(asked().groups?.[0]?.given).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Remove group 1" }));
  expect(asked().groups).toEqual([]);
});

test("whole positions, teams and captains are named as single players are", async () => {
  const asked = await open();
  await userEvent.click(screen.getByRole("button", { name: "Add a group" }));
  const given = within(row("group 1").getByRole("group", { name: /^If a lineup holds any of, by/ }));
  await userEvent.click(given.getByText("By position, team, game or captain"));
  await userEvent.selectOptions(given.getByLabelText("Slot"), "captain");
  await userEvent.click(within(given.getByRole("group", { name: /Teams/ })).getByRole("button", { name: "KC" }));
  const who = within(row("group 1").getByRole("group", { name: /^of, by/ }));
  await userEvent.click(within(who.getByRole("group", { name: /Positions/ })).getByRole("button", { name: "WR" }));
  expect(asked().groups).toEqual([{ given: { teams: ["nfl:KC"], captain: true }, who: { positions: ["WR"] }, at_least: 1 }]);
  await userEvent.click(screen.getByRole("button", { name: "Add a share" }));
  await userEvent.selectOptions(row("share 1").getByLabelText("Lineups with"), "a captain");
  const captains = within(row("share 1").getByRole("group", { name: /^Any of them as captain, by/ }));
  await userEvent.click(within(captains.getByRole("group", { name: /Positions/ })).getByRole("button", { name: "QB" }));
  expect(asked().group_exposures).toEqual([{ who: { positions: ["QB"], captain: true }, count: 1, at_least: 0, at_most: 1 }]);
});

test("a stack may be of up to four sizes", async () => {
  const asked = await open();
  await userEvent.click(screen.getByRole("button", { name: "Add a stack" }));
  const stack = row("stack 1");
  expect(stack.queryByLabelText("and of a third team")).toBeNull();
  await userEvent.type(stack.getByLabelText("and of another team"), "3");
  await userEvent.type(stack.getByLabelText("and of a third team"), "2");
  await userEvent.type(stack.getByLabelText("and of a fourth team"), "2");
  expect(asked().stacks?.[0]?.sizes).toEqual([2, 3, 2, 2]);
  await userEvent.clear(stack.getByLabelText("and of a third team"));
  expect(asked().stacks?.[0]?.sizes).toEqual([2, 3, 2]);
});

test("a stack with its bring-back stands in a share of the lineups", async () => {
  const asked = await open();
  await userEvent.click(screen.getByRole("button", { name: "Add a stack" }));
  const stack = row("stack 1");
  expect(stack.queryByRole("group", { name: /Bring-back positions/ })).toBeNull();
  await userEvent.type(stack.getByLabelText("Bring-back"), "1");
  await userEvent.click(within(stack.getByRole("group", { name: /Bring-back positions/ })).getByRole("button", { name: "WR" }));
  await userEvent.click(stack.getByRole("button", { name: "KC" }));
  await userEvent.clear(stack.getByLabelText("At least, %"));
  await userEvent.type(stack.getByLabelText("At least, %"), "29");
  expect(asked().stacks).toEqual([{ of: "team", sizes: [2], teams: ["nfl:KC"], positions: [], opponents: 1, opponent_positions: ["WR"], at_least: 0.29, at_most: 1 }]);
});

test("shares of a player, of a captain and of a team go where the API wants them", async () => {
  const asked = await open();
  for (const n of [1, 2, 3]) {
    await userEvent.click(screen.getByRole("button", { name: "Add a share" }));
    await userEvent.type(row(`share ${n}`).getByLabelText("At most, %"), "30");
  }
  await userEvent.type(row("share 1").getByLabelText("Players"), "bea{Enter}");
  await userEvent.selectOptions(row("share 2").getByLabelText("Lineups with"), "a captain");
  await userEvent.type(row("share 2").getByLabelText("Any of them as captain"), "ann{Enter}");
  await userEvent.selectOptions(row("share 3").getByLabelText("Lineups with"), "any player of a team");
  await userEvent.selectOptions(row("share 3").getByLabelText("Team"), "LV");
  const { exposures, group_exposures, team_exposures } = asked();
  expect(exposures).toEqual([{ draftable_id: 12, at_least: 0, at_most: 0.3 }]);
  expect(group_exposures).toEqual([{ who: { draftables: [11], captain: true }, count: 1, at_least: 0, at_most: 0.3 }]);
  expect(team_exposures).toEqual([{ team_id: "nfl:LV", at_least: 0, at_most: 0.3 }]);
});

test("what the API refused stands in the row it is about", async () => {
  await open([
    { column: "rules.groups", message: "number 2: who: names nobody" },
    { column: "rules.stacks.0.sizes.0", message: "Input should be greater than or equal to 2" },
    { column: "rules.team_exposures", message: "nfl:KC: at least 0.9 is above at most 0.3" },
  ]);
  for (const kind of ["group", "group", "stack", "share"]) await userEvent.click(screen.getByRole("button", { name: `Add a ${kind}` }));
  await userEvent.selectOptions(row("share 1").getByLabelText("Lineups with"), "any player of a team");
  expect(row("group 1").queryByRole("alert")).toBeNull();
  expect(row("group 2").getByRole("alert")).toHaveTextContent(/^who: names nobody$/);
  expect(row("stack 1").getByRole("alert")).toHaveTextContent("greater than or equal to 2");
  expect(row("share 1").getByRole("alert")).toHaveTextContent("above at most");
});

test("a stack of a line is offered where the projections know lines, one of an order where they know orders", async () => {
  const asked = await open();
  await userEvent.click(screen.getByRole("button", { name: "Add a stack" }));
  const stack = row("stack 1");
  expect(stack.queryByRole("option", { name: "batting order" })).toBeNull();
  await userEvent.selectOptions(stack.getByLabelText("of one"), "line");
  await userEvent.type(stack.getByLabelText("and of another line"), "2");
  expect(asked().stacks?.[0]).toMatchObject({ of: "line", sizes: [2, 2] });
});

test("counts of a team, opponents, ownership and the rarer limits go where the API wants them", async () => {
  const asked = await open();
  for (const one of ["team", "limit", "ownership rule"]) await userEvent.click(screen.getByRole("button", { name: `Add a ${one}` }));
  await userEvent.selectOptions(row("team 1").getByLabelText("Team"), "LV");
  await userEvent.type(row("team 1").getByLabelText("At most"), "2");
  const limit = row("limit 1");
  await userEvent.click(within(limit.getByRole("group", { name: /With a/ })).getByRole("button", { name: "QB" }));
  await userEvent.click(within(limit.getByRole("group", { name: /of those who face him/ })).getByRole("button", { name: "WR" }));
  await userEvent.type(row("ownership rule 1").getByLabelText("At most, %"), "120");
  await userEvent.type(screen.getByLabelText("Most salary spent, $"), "49800");
  await userEvent.type(screen.getByLabelText("Games, at least"), "3");
  expect(asked()).toMatchObject({
    teams: [{ team_id: "nfl:LV", at_least: 0, at_most: 2 }],
    opposing: [{ positions: ["QB"], against: ["WR"], at_most: 0 }],
    ownership: [{ measure: "sum", at_least: null, at_most: 1.2 }],
    max_salary_usd: 49800, min_games: 3, min_teams: 1,
  });
  await userEvent.selectOptions(row("ownership rule 1").getByLabelText("The players’"), "product");
  expect(asked().ownership).toEqual([{ measure: "product", at_least: null, at_most: 120 }]);
});

test("a sport without the stack that the form starts with is asked for none", () => {
  expect(asRequest(fitting(START, []), CHOICES.people).rules.stack).toBeNull();
  expect(asRequest(fitting(START, [{ key: START.stack }]), CHOICES.people).rules.stack).toBe(START.stack);
});
