import type { Schemas } from "@/api/client";

/** Say in words what is asked to differ; empty where nothing is. */
export function assumptions(
  asked: Schemas["WhatIfCreate"],
  players: readonly Pick<Schemas["PoolPlayer"], "draftable_id" | "name">[],
  games: readonly Pick<Schemas["SlateGameRead"], "id" | "away" | "home">[],
): string {
  const played = (id: string) => {
    const game = games.find((g) => g.id === id);
    return game ? `${game.away.abbreviation} at ${game.home.abbreviation}` : id;
  };
  const lines = Object.entries(asked.lines ?? {}).flatMap(([id, [spread, total]]) => [
    ...(spread == null ? [] : [`the home side by ${spread} in ${played(id)}`]),
    ...(total == null ? [] : [`a total of ${total} in ${played(id)}`]),
  ]);
  return [
    ...(asked.out ?? []).map((id) => `${players.find((p) => p.draftable_id === id)?.name ?? id} out`),
    ...lines,
    ...Object.entries(asked.wind_mph ?? {}).map(([id, mph]) => `${mph} mph of wind in ${played(id)}`),
  ].join(", ");
}
