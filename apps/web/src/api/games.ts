import type { Schemas } from "./client";

/** A game of a slate: visitors first in its name. */
export interface Game {
  id: string;
  name: string;
  teams: string[];
}

/** The games of players with a team, by name; whose game the slate does not know is one for himself and his team. */
export function gamesOf(players: readonly Schemas["PoolPlayer"][]): Game[] {
  const found = new Map<string, Game>();
  for (const p of players) {
    if (p.team_id == null) continue;
    const name = gameName(p);
    const game = found.get(p.game_id ?? name) ?? { id: p.game_id ?? name, name, teams: [] };
    if (!game.teams.includes(p.team_id)) game.teams.push(p.team_id);
    found.set(game.id, game);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function gameName(p: Schemas["PoolPlayer"]): string {
  const team = p.team ?? p.team_id ?? "";
  if (p.opponent == null) return team;
  return p.is_home === true ? `${p.opponent} @ ${team}` : `${team} @ ${p.opponent}`;
}
