import type { Schemas } from "@/api/client";
import { OFFER_START, offerOf, type OfferForm } from "@/components/contest/offer-fields";

/** The share (percent) of a contest's lineups in which a player stands. */
export interface Share {
  key: number;
  player: string;
  least: string;
  most: string;
}

/** What one contest asks for itself, as it is typed; what is empty is as for all. */
export interface GroupForm extends OfferForm {
  of: "points" | "quantile" | "column" | "contest";
  quantile: string;
  column: string;
  maxExposure: string;
  minUnique: string;
  shares: Share[];
}

export interface CommonForm {
  maxExposure: string;
  minUnique: string;
  stack: string;
  repeats: boolean;
  reservedOnly: boolean;
}

/** The entries of one contest of a file. */
export interface Group {
  contest: string;
  name: string;
  fee_usd: number | null;
  /** Entries that may be filled, and those that hold somebody who must stay. */
  open: number;
  closed: number;
}

export const COMMON_START: CommonForm = { maxExposure: "60", minUnique: "2", stack: "", repeats: false, reservedOnly: false };

export const groupStart = (group: Group): GroupForm => ({
  ...OFFER_START, name: group.name, fee: String(group.fee_usd ?? 0), of: "points", quantile: "90", column: "", maxExposure: "", minUnique: "", shares: [],
});

/** Return the contests of a file in its order. */
export function groupsOf(entries: readonly Schemas["EntryRead"][]): Group[] {
  const found = new Map<string, Group>();
  for (const entry of entries) {
    const contest = entry.contest_id || entry.contest_name || "contest";
    const group = found.get(contest) ?? { contest, name: entry.contest_name || contest, fee_usd: entry.fee_usd, open: 0, closed: 0 };
    if (entry.places.some((place) => place.is_locked)) group.closed += 1;
    else group.open += 1;
    found.set(contest, group);
  }
  return [...found.values()];
}

const share = (percent: string): number => Number((Number(percent) / 100).toFixed(6));

/** Put the forms into the API's words; a text where a contest's prizes cannot be read. */
export function asEntering(common: CommonForm, groups: readonly Group[], forms: ReadonlyMap<string, GroupForm>, draftables: (player: string) => number[]): Schemas["Entering"] | string {
  const contests: Schemas["ContestGroup"][] = [];
  for (const group of groups) {
    const form = forms.get(group.contest);
    if (!form || group.open === 0) continue;
    const offer = form.of === "contest" ? offerOf(form) : null;
    if (typeof offer === "string") return `${group.name}: ${offer}`;
    const objective = { points: "points", quantile: String(Number(form.quantile) / 100), column: form.column, contest: "roi" }[form.of];
    const rules = ownRules(form, draftables);
    contests.push({ contest: group.contest, objective, ...(Object.keys(rules).length > 0 && { rules }), ...(offer && { offer }) });
  }
  const rules = { min_unique: Number(common.minUnique), max_exposure: share(common.maxExposure), ...(common.stack !== "" && { stack: common.stack }) };
  return { rules, contests, repeats: common.repeats, reserved_only: common.reservedOnly };
}

function ownRules(form: GroupForm, draftables: (player: string) => number[]): Schemas["Rules"] {
  const exposures = form.shares.filter((s) => s.player !== "").flatMap((s) =>
    draftables(s.player).map((id) => ({ draftable_id: id, at_least: s.least === "" ? 0 : share(s.least), at_most: s.most === "" ? 1 : share(s.most) })));
  return {
    ...(form.maxExposure !== "" && { max_exposure: share(form.maxExposure) }),
    ...(form.minUnique !== "" && { min_unique: Number(form.minUnique) }),
    ...(exposures.length > 0 && { exposures }),
  };
}

/** What the service says of filled entries. */
export interface Entered {
  upload_id: number;
  rows: number;
  untouched: number;
  /** Every game had begun: filled as of the lock. */
  is_over?: boolean;
  groups: { contest: string; name: string; entries: number; objective: string; points_mean: number; earned_usd: number; completed: number; top_player: { name: string; share: number }; roi: number | null }[];
  entries: { entry_id: string; contest: string; draftable_ids: number[]; points: number }[];
}

/** The outcome of a run that filled entries; null for any other. */
export function entered(run: { job: string; status: string; result: unknown } | null): Entered | null {
  return run?.job === "enter" && run.status === "succeeded" && run.result != null ? (run.result as Entered) : null;
}
