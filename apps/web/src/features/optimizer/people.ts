import type { Schemas } from "@/api/client";
import { gamesOf, type Game } from "@/api/games";

/** A player once, however many slots he can be drafted for. */
export interface Person {
  key: string;
  label: string;
  draftables: number[];
}

export interface Team {
  id: string;
  name: string;
}

/** What rules can name on this slate. */
export interface Choices {
  people: Person[];
  teams: Team[];
  positions: string[];
  games: Game[];
  hasCaptain: boolean;
  /** Whether the projections tell of lines and of batting orders. */
  hasLines: boolean;
  hasOrder: boolean;
}

/** Return what the rules of a slate can name; people best projection first. */
export function choices(players: readonly Schemas["PoolPlayer"][], slots: readonly Schemas["SlotRead"][], stats: readonly string[] = []): Choices {
  const people = new Map<string, Person>();
  const teams = new Map<string, string>();
  const positions = new Set<string>();
  const drafted = players.filter((p) => p.mean != null && !p.is_disabled).sort((a, b) => (b.mean ?? 0) - (a.mean ?? 0));
  for (const p of drafted) {
    const key = p.player_id == null ? `${p.name}/${p.team ?? ""}/${p.position}` : String(p.player_id);
    const known = people.get(key);
    if (known) known.draftables.push(p.draftable_id);
    else people.set(key, { key, label: `${p.name} (${[p.position, p.team].filter(Boolean).join(", ")})`, draftables: [p.draftable_id] });
    if (p.team_id != null) teams.set(p.team_id, p.team ?? p.team_id);
    for (const position of p.position.split("/")) positions.add(position);
  }
  return {
    people: [...people.values()],
    teams: [...teams].map(([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name)),
    positions: [...positions].sort(),
    games: gamesOf(drafted.filter((p) => p.game_id != null)),
    hasCaptain: new Set(slots.map((s) => s.points_multiplier)).size > 1,
    hasLines: stats.includes("line"),
    hasOrder: stats.includes("batting_order"),
  };
}
