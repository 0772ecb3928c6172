import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { answering } from "@/lib/test-server";
import { Optimizer } from "./optimizer";

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  prefixItems?: Schema[];
  anyOf?: Schema[];
}

const CONTRACT = JSON.parse(readFileSync("../../contracts/openapi.json", "utf8")) as { components: { schemas: Record<string, Schema> } };

/** The schemas that a schema is made of, by name. */
function parts(schema: Schema): string[] {
  const own = schema.$ref == null ? [] : [schema.$ref.split("/").at(-1) ?? ""];
  return [...own, ...[schema.items, ...(schema.anyOf ?? []), ...(schema.prefixItems ?? [])].flatMap((one) => (one ? parts(one) : []))];
}

/** Every field of a schema and of those within, as `Who.teams`. */
function fields(name: string): string[] {
  const found = Object.entries(CONTRACT.components.schemas[name]?.properties ?? {});
  return [...new Set(found.flatMap(([field, schema]) => [`${name}.${field}`, ...parts(schema).flatMap(fields)]))];
}

/** Those of them that something sent states. */
function stated(name: string, sent: unknown): string[] {
  if (Array.isArray(sent)) return sent.flatMap((one) => stated(name, one));
  if (typeof sent !== "object" || sent === null) return [];
  const known = CONTRACT.components.schemas[name]?.properties ?? {};
  return Object.entries(sent).filter(([, value]) => value !== null).flatMap(([field, value]) => [`${name}.${field}`, ...parts(known[field] ?? {}).flatMap((part) => stated(part, value))]);
}

const player = (id: number, name: string, position: string, team: string, opponent: string) => ({
  draftable_id: id, player_id: id, name, position, roster_slots: [position], team_id: `nfl:${team}`, team, opponent, is_home: team === "LV", game_id: "nfl:1", salary_usd: 5000, is_disabled: false, mean: 30 - id,
});
const SLOTS = [{ name: "CPT", points_multiplier: 1.5 }, { name: "FLEX", points_multiplier: 1 }];

function page() {
  const asked = answering({
    "GET /api/slates/1": () => ({ body: { id: 1, sport: "nfl", contest: "showdown" } }),
    "GET /api/slates/1/projection-sets": () => ({ body: [{ id: 3, name: "Mine", stats: ["line"], columns: [] }] }),
    "GET /api/sports": () => ({ body: [{ code: "nfl", stacks: [{ key: "qb_two", title: "QB and two" }], contests: [{ key: "showdown", slots: SLOTS, roster_size: 6, salary_cap_usd: 50000 }] }] }),
    "GET /api/slates/1/players": () => ({ body: { players: [player(1, "Ann One", "QB", "KC", "LV"), player(2, "Bea Two", "WR", "LV", "KC")] } }),
    "POST /api/runs/optimize": () => ({ status: 202, body: { id: 5, status: "queued" } }),
  });
  render(<QueryClientProvider client={new QueryClient()}><Optimizer slateId={1} /></QueryClientProvider>);
  return asked;
}

type Part = Pick<typeof screen, "getByRole" | "getByLabelText">;

const press = (name: string, at: Part = screen) => userEvent.click(at.getByRole("button", { name }));
const row = (name: string) => within(screen.getByRole("listitem", { name }));
const among = (at: Part, name: RegExp) => within(at.getByRole("group", { name }));

async function type(at: Part, typed: Record<string, string>) {
  for (const [label, text] of Object.entries(typed)) {
    await userEvent.clear(at.getByLabelText(label));
    await userEvent.type(at.getByLabelText(label), text);
  }
}

async function select(at: Part) {
  await userEvent.selectOptions(at.getByLabelText("Slot"), "captain");
  await press("QB", among(at, /^Positions/));
  await press("KC", among(at, /^Teams/));
  await press("LV", among(at, /^Against/));
  await press("KC @ LV", among(at, /^Games/));
}

test("every field of the rules has its place in the form", async () => {
  const asked = page();
  expect(await screen.findByRole("button", { name: "Lock Ann One" })).toBeInTheDocument();
  await press("Lock Ann One");
  await press("Leave out Bea Two");
  await type(screen, { "Worlds a lineup": "20", Lineups: "7", "Max exposure, %": "55", "Unique players": "3", "Max from a team": "4", "Least salary spent, $": "45000" });
  await type(screen, { "Seed of the worlds": "8" });
  await userEvent.click(screen.getByText(/More rules/));
  for (const one of ["group", "group", "stack", "share", "share", "share", "team", "limit", "ownership rule"]) await press(`Add a ${one}`);
  await type(row("group 1"), { "If a lineup holds any of": "ann{Enter}", of: "bea{Enter}", "how many": "2", Name: "friends" });
  await select(among(row("group 1"), /^If a lineup/));
  await userEvent.selectOptions(row("group 2").getByLabelText("it holds"), "at most");
  await type(row("stack 1"), { Players: "3", "Bring-back": "1", "At least, %": "20", "At most, %": "60", Name: "games" });
  for (const [name, of] of [["QB", /^Positions/], ["KC", /^Teams/], ["WR", /^Bring-back positions/]] as const) await press(name, among(row("stack 1"), of));
  await type(row("share 1"), { Players: "ann{Enter}", "At least, %": "10", "At most, %": "30" });
  await type(row("share 2"), { "Together, or more": "2", "At least, %": "10", "At most, %": "30", Name: "pairs" });
  await userEvent.selectOptions(row("share 3").getByLabelText("Lineups with"), "any player of a team");
  await type(row("share 3"), { "At least, %": "10", "At most, %": "30" });
  await type(row("team 1"), { "At least": "1", "At most": "2" });
  await press("QB", among(row("limit 1"), /^With a/));
  await press("WR", among(row("limit 1"), /^of those/));
  await type(row("ownership rule 1"), { "At least, %": "10", "At most, %": "120" });
  await type(screen, { "Most salary spent, $": "49000", "Games, at least": "2", "Teams, at least": "3" });
  await press("Build lineups");
  const { rules } = asked.at(-1)?.body as { rules: { seed: number; groups: object[]; group_exposures: object[] } };
  expect(rules.seed).toBe(8);
  expect(rules.groups[0]).toEqual({
    name: "friends", at_least: 2, who: { draftables: [2] },
    given: { draftables: [1], positions: ["QB"], teams: ["nfl:KC"], opponents: ["nfl:LV"], games: ["nfl:1"], captain: true },
  });
  expect(rules.group_exposures).toEqual([{ name: "pairs", who: {}, count: 2, at_least: 0.1, at_most: 0.3 }]);
  const sent = new Set(stated("Rules", rules));
  // Players are chosen by their names, and sent by their numbers.
  expect(fields("Rules").filter((field) => !sent.has(field))).toEqual(["Who.names"]);
});
