import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { slateQuery } from "@/api/slates";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { number, percent, signed, when } from "@/lib/format";

type Game = Schemas["SlateGameRead"];

/** Each game of the slate: the line, what the simulation says, and the result once known. */
export function Games({ slateId }: { slateId: number }) {
  const slate = useQuery(slateQuery(slateId));
  if (slate.isPending) return <Loading />;
  if (slate.isError) return <Failure error={slate.error} retry={() => void slate.refetch()} />;
  if (slate.data.game_list.length === 0) return <Card><Empty title="No games in this slate" /></Card>;
  return (
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
      {slate.data.game_list.map((game) => (
        <GameCard key={game.id} game={game} />
      ))}
    </div>
  );
}

function GameCard({ game }: { game: Game }) {
  const p = game.projection;
  return (
    <Card>
      <p className="mb-3 text-xs text-faint">
        {when(game.starts_at)}
        {game.venue && ` · ${game.venue}`}
      </p>
      <Side team={game.away} mean={p?.away_score_mean} score={game.away_score} win={p ? 1 - p.prob_home_win : null} />
      <Side team={game.home} mean={p?.home_score_mean} score={game.home_score} win={p?.prob_home_win ?? null} home />
      <div className="mt-4 flex flex-wrap gap-x-4 gap-y-1 border-t border-line pt-3 text-xs text-muted">
        <span>
          Line {game.spread == null ? "–" : `${game.home.abbreviation} ${signed(-game.spread)}`} · total {number(game.total)}
        </span>
        {game.wind_mph != null && <span>{wind(game, game.wind_mph)}</span>}
        {game.temp_f != null && <span>{number(game.temp_f, 0)} °F</span>}
        {game.roof && <span>{game.roof}</span>}
        {p && <Badge title="Where the expected scores come from">{p.line_source === "market" ? "from the market" : "from team ratings"}</Badge>}
      </div>
    </Card>
  );
}

/** The wind in the frame of the field, which is not known of every stadium. */
function wind(game: Game, mph: number): string {
  const speed = `Wind ${number(mph, 0)} mph`;
  if (mph < 1) return speed;
  if (game.wind_along_mph == null || game.wind_across_mph == null) return `${speed}, its direction relative to the field is uncertain here`;
  return `${speed}: ${number(game.wind_along_mph, 0)} along the field, ${number(game.wind_across_mph, 0)} across`;
}

interface SideProps {
  team: Schemas["TeamRead"];
  mean: number | null | undefined;
  score: number | null;
  win: number | null;
  home?: boolean;
}

function Side({ team, mean, score, win, home = false }: SideProps) {
  return (
    <div className="flex items-baseline justify-between gap-3 py-1">
      <span className="font-medium">
        {team.name} <span className="text-xs font-normal text-faint">{home ? "home" : ""}</span>
      </span>
      <span className="tabular flex items-baseline gap-3 text-sm">
        <span className="text-muted" title="Chance to win">{percent(win)}</span>
        <span className="w-10 text-right font-semibold" title="Simulated mean score">{number(mean)}</span>
        {score != null && <span className="w-7 text-right text-warn" title="Final score">{score}</span>}
      </span>
    </div>
  );
}
