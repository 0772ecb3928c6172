import type { Problem, Schemas } from "@/api/client";
import type { Person } from "./people";

interface Row {
  key: number;
}

interface NamedRow extends Row {
  /** What refusals call the rule; empty for what it says. */
  name: string;
}

/** Players of whom all that is stated is true: one of these people (by their keys), positions, teams, who face such teams, in such games, in such a slot. */
export interface Selection {
  people: string[];
  positions: string[];
  teams: string[];
  opponents: string[];
  games: string[];
  captain: "" | "yes" | "no";
}

export const NOBODY: Selection = { people: [], positions: [], teams: [], opponents: [], games: [], captain: "" };

/** Whether anything but single people is stated. */
export const isNarrowed = (one: Selection): boolean => one.positions.length + one.teams.length + one.opponents.length + one.games.length > 0 || one.captain !== "";

/** If a lineup holds any of `given` (always where nobody is stated), it holds so many of `who`. */
export interface GroupRow extends NamedRow {
  given: Selection;
  limit: "least" | "most";
  count: string;
  who: Selection;
}

/** Players of a team, game, line or batting order that stand together in a share (percent) of the lineups. */
export interface StackRow extends NamedRow {
  of: "team" | "game" | "line" | "order";
  /** How many of one, and of another for each further size. */
  sizes: string[];
  teams: string[];
  positions: string[];
  opponents: string;
  opponentPositions: string[];
  least: string;
  most: string;
}

/** The share (percent) of the lineups that hold a team, or `count` of some people, anywhere or as captain. */
export interface ExposureRow extends NamedRow {
  of: "players" | "captain" | "team";
  who: Selection;
  team: string;
  count: string;
  least: string;
  most: string;
}

/** How many players of a team every lineup holds. */
export interface TeamRow extends Row {
  team: string;
  least: string;
  most: string;
}

/** How many players `against` a lineup holds, of those who face one of its players of some positions. */
export interface OpposingRow extends Row {
  positions: string[];
  against: string[];
  most: string;
}

/** How popular a lineup is: the sum and mean in percent, the product as it is. */
export interface OwnershipRow extends Row {
  measure: "sum" | "mean" | "product";
  least: string;
  most: string;
}

export interface Rules {
  lineups: number;
  stack: string;
  maxExposure: number;
  minUnique: number;
  minSalary: string;
  maxSalary: string;
  maxPerTeam: string;
  minGames: string;
  minTeams: string;
  spareOwnDefence: boolean;
  locked: number[];
  excluded: number[];
  groups: GroupRow[];
  stacks: StackRow[];
  exposures: ExposureRow[];
  teams: TeamRow[];
  opposing: OpposingRow[];
  ownership: OwnershipRow[];
  /** Worlds a lineup is built on; empty for the projected points. */
  worlds: string;
  /** Which worlds. */
  seed: string;
}

export const START: Rules = {
  lineups: 20, stack: "qb_two", maxExposure: 60, minUnique: 2, minSalary: "", maxSalary: "", maxPerTeam: "", minGames: "", minTeams: "",
  spareOwnDefence: true, locked: [], excluded: [], groups: [], stacks: [], exposures: [], teams: [], opposing: [], ownership: [], worlds: "", seed: "",
};

/** The form on a slate of a sport, which may not have the stack that it starts with. */
export const fitting = (rules: Rules, stacks: readonly { key: string }[]): Rules => (stacks.some((s) => s.key === rules.stack) ? rules : { ...rules, stack: "" });

/** What is sent, and which row of the form each of its rules came from, so that a refusal finds its row. */
export interface Request {
  rules: Schemas["Rules"];
  sources: Source[];
}

interface Source {
  row: number;
  field: Kind | "group_exposures" | "team_exposures";
  index: number;
  /** What the API calls it where it does not number its rules. */
  name?: string;
}

type Kind = "groups" | "stacks" | "exposures" | "teams" | "opposing" | "ownership";
export type Faults = Record<Kind, Map<number, string[]>>;

type Draftables = (keys: string[]) => number[];

const orNull = (text: string): number | null => (text === "" ? null : Number(text));
const share = (percent: string, otherwise: number): number => (percent === "" ? otherwise : Number((Number(percent) / 100).toFixed(6)));

/** Put the form into the API's words. Nothing is judged or dropped here: the API says what is wrong with a row. */
export function asRequest(rules: Rules, people: readonly Person[]): Request {
  const draftables: Draftables = (keys) => people.filter((p) => keys.includes(p.key)).flatMap((p) => p.draftables);
  const exposed = exposures(rules.exposures, draftables);
  const numbered = (field: "groups" | "stacks" | "opposing", rows: Row[]): Source[] => rows.map((r, index) => ({ row: r.key, field, index }));
  return {
    sources: [
      ...numbered("groups", rules.groups), ...numbered("stacks", rules.stacks), ...numbered("opposing", rules.opposing), ...exposed.sources,
      ...rules.teams.map((r, index): Source => ({ row: r.key, field: "teams", index, name: r.team })),
      ...rules.ownership.map((r, index): Source => ({ row: r.key, field: "ownership", index, name: `the ${r.measure}` })),
    ],
    rules: {
      lineups: rules.lineups,
      stack: rules.stack === "" ? null : rules.stack,
      max_exposure: rules.maxExposure / 100,
      min_unique: rules.minUnique,
      min_salary_usd: orNull(rules.minSalary),
      max_salary_usd: orNull(rules.maxSalary),
      max_per_team: orNull(rules.maxPerTeam),
      min_games: orNull(rules.minGames) ?? 1,
      min_teams: orNull(rules.minTeams) ?? 1,
      locked: rules.locked,
      excluded: rules.excluded,
      no_defence_against_own_offence: rules.spareOwnDefence,
      groups: rules.groups.map((r) => group(r, draftables)),
      stacks: rules.stacks.map(stack),
      ...exposed.rules,
      teams: rules.teams.map((r) => ({ team_id: r.team, at_least: orNull(r.least) ?? 0, at_most: orNull(r.most) })),
      opposing: rules.opposing.map((r) => ({ positions: r.positions, against: r.against, at_most: orNull(r.most) ?? 0 })),
      ownership: rules.ownership.map((r) => ({ measure: r.measure, at_least: popular(r, r.least), at_most: popular(r, r.most) })),
      worlds_per_lineup: orNull(rules.worlds),
      seed: orNull(rules.seed) ?? 1,
    },
  };
}

function popular(row: OwnershipRow, text: string): number | null {
  const value = orNull(text);
  return value == null || row.measure === "product" ? value : Number((value / 100).toFixed(6));
}

const isStated = (one: Selection): boolean => one.people.length > 0 || isNarrowed(one);

const named = (row: NamedRow) => ({ ...(row.name.trim() !== "" && { name: row.name.trim() }) });

function who(one: Selection, draftables: Draftables): Schemas["Who"] {
  return {
    ...(one.people.length > 0 && { draftables: draftables(one.people) }),
    ...(one.positions.length > 0 && { positions: one.positions }),
    ...(one.teams.length > 0 && { teams: one.teams }),
    ...(one.opponents.length > 0 && { opponents: one.opponents }),
    ...(one.games.length > 0 && { games: one.games }),
    ...(one.captain !== "" && { captain: one.captain === "yes" }),
  };
}

function group(row: GroupRow, draftables: Draftables): Schemas["Group"] {
  return {
    ...named(row),
    given: isStated(row.given) ? who(row.given, draftables) : null,
    who: who(row.who, draftables),
    ...(row.limit === "least" ? { at_least: orNull(row.count) ?? 0 } : { at_most: orNull(row.count) }),
  };
}

function stack(row: StackRow): Schemas["StackRule"] {
  return {
    ...named(row),
    of: row.of,
    sizes: row.sizes.filter((size, place) => place === 0 || size !== "").map(Number),
    teams: row.teams,
    positions: row.positions,
    opponents: orNull(row.opponents) ?? 0,
    opponent_positions: row.opponentPositions,
    at_least: share(row.least, 0),
    at_most: share(row.most, 1),
  };
}

/** A player's own share replaces the one for all; who is draftable in several slots is counted over all of them. */
function exposures(rows: ExposureRow[], draftables: Draftables) {
  const rules = {
    exposures: [] as Schemas["PlayerExposure"][],
    group_exposures: [] as Schemas["GroupExposure"][],
    team_exposures: [] as Schemas["TeamExposure"][],
  };
  const sources: Source[] = [];
  const add = <F extends keyof typeof rules>(row: number, field: F, rule: (typeof rules)[F][number], name?: string) => {
    sources.push({ row, field, index: rules[field].length, ...(name == null ? {} : { name }) });
    (rules[field] as unknown[]).push(rule);
  };
  for (const row of rows) {
    const shares = { at_least: share(row.least, 0), at_most: share(row.most, 1) };
    const ids = draftables(row.who.people);
    if (row.of === "team") {
      add(row.key, "team_exposures", { team_id: row.team, ...shares }, row.team);
      continue;
    }
    const single = row.of === "players" && row.who.people.length === 1 && !isNarrowed(row.who);
    if (single) {
      for (const id of ids) add(row.key, "exposures", { draftable_id: id, at_most: shares.at_most, at_least: ids.length === 1 ? shares.at_least : 0 }, `draftable ${id}`);
    }
    if (!single || ids.length > 1) {
      const count = single ? 1 : (orNull(row.count) ?? 1);
      add(row.key, "group_exposures", { ...named(row), who: who({ ...row.who, captain: row.of === "captain" ? "yes" : "" }, draftables), count, ...shares });
    }
  }
  return { rules, sources };
}

const fieldAt = /(?:^|\.)rules\.([a-z_]+)(?:\.(\d+))?/;
const numberAt = /^number (\d+): /;

const names = (message: string, name: string): boolean =>
  name !== "" && (message.startsWith(`${name}:`) || message.startsWith(`${name} `) || ` ${message} `.includes(` ${name} `));

/** Return what the API found wrong with each row, by the kind of rule and the row's key. */
export function faultsByRow(problems: readonly Problem[], sources: readonly Source[]): Faults {
  const faults: Faults = { groups: new Map(), stacks: new Map(), exposures: new Map(), teams: new Map(), opposing: new Map(), ownership: new Map() };
  for (const { column, message } of problems) {
    const [, field, at] = fieldAt.exec(column ?? "") ?? [];
    const number = numberAt.exec(message);
    const index = at != null ? Number(at) : number ? Number(number[1]) - 1 : null;
    for (const source of sources) {
      const meant = index != null ? source.index === index : names(message, source.name ?? "");
      if (source.field !== field || !meant) continue;
      const rows = faults[source.field === "group_exposures" || source.field === "team_exposures" ? "exposures" : source.field];
      rows.set(source.row, [...new Set([...(rows.get(source.row) ?? []), message.replace(numberAt, "")])]);
    }
  }
  return faults;
}
