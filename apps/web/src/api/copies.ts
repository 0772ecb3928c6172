import type { Schemas } from "./client";

/** The slot of every draftable whose player is listed once a slot, as captain modes do; others have none. */
export function slotsOfCopies(players: readonly Schemas["PoolPlayer"][]): ReadonlyMap<number, string> {
  const who = (p: Schemas["PoolPlayer"]) => (p.player_id == null ? `${p.name}/${p.team ?? ""}/${p.position}` : String(p.player_id));
  const copies = new Map<string, number>();
  for (const p of players) copies.set(who(p), (copies.get(who(p)) ?? 0) + 1);
  return new Map(players.filter((p) => (copies.get(who(p)) ?? 0) > 1).map((p) => [p.draftable_id, p.roster_slots.join("/")]));
}
