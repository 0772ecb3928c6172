import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { playerQuery } from "@/api/slates";
import { Bars } from "@/components/charts/bars";
import { HistogramChart } from "@/components/charts/histogram";
import { Badge, Modelled, Position } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { date, number, percent, salary, signed, team, when, words } from "@/lib/format";

type Detail = Schemas["PlayerDetail"];
type Projection = Schemas["StatProjectionRead"];

/** One player of a slate: his distributions drawn, why, and what he did before. */
export function Player({ slateId, draftableId }: { slateId: number; draftableId: number }) {
  const detail = useQuery(playerQuery(slateId, draftableId, null));
  if (detail.isPending) return <Loading rows={10} />;
  if (detail.isError) return <Failure error={detail.error} retry={() => void detail.refetch()} />;
  const d = detail.data;
  return (
    <div className="space-y-5">
      <Head detail={d} slateId={slateId} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Distribution detail={d} />
        <Drivers predictions={d.predictions} />
      </div>
      <PastGames games={d.past_games} />
    </div>
  );
}

function Head({ detail, slateId }: { detail: Detail; slateId: number }) {
  const p = detail.player;
  const facts: [string, string][] = [
    ["Salary", salary(p.salary_usd)],
    ["Projection", number(p.mean)],
    ["10–90%", `${number(p.p10)} to ${number(p.p90)}`],
    ["Value", `${number(p.value, 2)} per $1k`],
  ];
  if (detail.result) facts.push(["Actual", number(detail.result.fantasy_points)]);
  return (
    <header>
      <Link to="/slates/$slateId" params={{ slateId: String(slateId) }} className="text-sm text-muted hover:text-ink">
        Back to the pool
      </Link>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <Position code={p.position} />
        <h2 className="text-2xl font-semibold tracking-tight">{p.name}</h2>
        <span className="text-muted">
          {p.team ?? "no team"} {p.is_home === false ? "at" : "v"} {p.opponent ?? "–"} · {when(p.game_starts_at)}
        </span>
        {(p.injury_status ?? p.status) && <Badge tone="bad">{p.injury_status ?? p.status}</Badge>}
        {!p.matched && <Badge tone="warn">unmatched</Badge>}
        {p.salary_source === "modelled" && <Modelled />}
      </div>
      <dl className="mt-4 grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
        {facts.map(([label, value]) => (
          <div key={label} className="rounded-card border border-line bg-surface px-4 py-3">
            <dt className="text-xs text-faint">{label}</dt>
            <dd className="tabular mt-0.5 text-lg font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function unit(stat: string): string {
  if (stat.endsWith("_points")) return "points";
  return stat.endsWith("_yards") ? "yards" : words(stat).toLowerCase();
}

function Distribution({ detail }: { detail: Detail }) {
  const [stat, setStat] = useState(detail.stat);
  const chosen = detail.projections.find((p) => p.stat === stat) ?? detail.projections[0];
  if (!chosen) return <Card title="Distribution"><Empty title="No projection">This player has none in the newest set of this slate.</Empty></Card>;
  const actual = chosen.stat === detail.stat ? (detail.result?.fantasy_points ?? null) : (detail.result?.stats[chosen.stat] ?? null);
  return (
    <Card title="Distribution" note={detail.projection_set ? `${detail.projection_set.name}, as of ${when(detail.projection_set.as_of)}` : undefined}>
      <div role="group" aria-label="Statistic" className="mb-4 flex flex-wrap gap-1.5">
        {detail.projections.map((p) => (
          <button key={p.stat} type="button" aria-pressed={p.stat === chosen.stat} onClick={() => { setStat(p.stat); }} className="rounded-full border border-line px-3 py-1 text-xs font-medium text-muted hover:text-ink aria-pressed:border-transparent aria-pressed:bg-accent-soft aria-pressed:text-accent">
            {p.title}
          </button>
        ))}
      </div>
      {chosen.histogram ? (
        <HistogramChart
          from={chosen.histogram.start}
          width={chosen.histogram.width}
          shares={chosen.histogram.shares}
          unit={unit(chosen.stat)}
          mean={chosen.mean}
          low={quantile(chosen, 0.1)}
          high={quantile(chosen, 0.9)}
          actual={actual}
          label={`Distribution of ${chosen.title} for ${detail.player.name}: mean ${chosen.mean.toFixed(1)}`}
        />
      ) : (
        <Empty title={`${chosen.title}: ${number(chosen.mean)}`}>An uploaded projection is a single number, without a distribution.</Empty>
      )}
      <dl className="tabular mt-4 grid grid-cols-3 gap-3 border-t border-line pt-4 text-sm sm:grid-cols-6">
        {(
          [
            ["Mean", number(chosen.mean)],
            ["Std dev", number(chosen.sd)],
            ["Median", number(quantile(chosen, 0.5))],
            ["25–75%", `${number(quantile(chosen, 0.25))}–${number(quantile(chosen, 0.75))}`],
            ["Zero", percent(chosen.prob_zero)],
            ["95%", number(quantile(chosen, 0.95))],
          ] as const
        ).map(([label, value]) => (
          <div key={label}>
            <dt className="text-xs text-faint">{label}</dt>
            <dd className="font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function quantile(projection: Projection, prob: number): number | null {
  return projection.quantiles.find((q) => Math.abs(q.prob - prob) < 1e-9)?.value ?? null;
}

function Drivers({ predictions }: { predictions: Schemas["PredictionRead"][] }) {
  const shown = predictions.filter((p) => p.drivers.length > 0);
  return (
    <Card title="What drives it" note="The inputs that moved each model's prediction most, in the stat's unit; predictions that know the betting lines are marked">
      {shown.length === 0 ? (
        <Empty title="No model prediction">The simulation placed this player from his team's structure.</Empty>
      ) : (
        <div className="space-y-4">
          {shown.map((p) => (
            <div key={`${p.market} ${p.mode}`}>
              <p className="flex justify-between text-sm">
                <span className="flex items-center gap-2"><span className="font-medium">{p.title}</span>{p.mode !== "independent" && <Badge tone="accent" title="The model's prediction moved to the betting lines of its moment, freed of their margin">with the market</Badge>}</span>
                <span className="tabular text-muted">model mean {number(p.mean)}</span>
              </p>
              <ul className="mt-1 space-y-0.5 text-xs text-muted">
                {p.drivers.slice(0, 4).map((d) => (
                  <li key={d.feature} className="flex justify-between gap-3">
                    <span className="truncate">{d.title}{d.value != null && ` = ${number(d.value, 2)}`}</span>
                    <span className={`tabular font-medium ${d.effect >= 0 ? "text-good" : "text-bad"}`}>{signed(d.effect, 2)}</span>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      )}
    </Card>
  );
}

function PastGames({ games }: { games: Schemas["PastGameRead"][] }) {
  if (games.length === 0) return <Card title="Past games"><Empty title="No past games known before the lock" /></Card>;
  const stats = shownStats(games);
  const bars = games.slice(0, 16).reverse().map((g) => ({ label: team(g.opponent), value: g.fantasy_points, note: `${date(g.starts_at)} ${g.is_home ? "v" : "at"} ${team(g.opponent)}` }));
  return (
    <Card title="Past games" note="Known before the lock; fantasy points by this contest's scoring" flush>
      <div className="px-5 pb-4"><Bars bars={bars} label="Fantasy points, oldest first" unit="points" /></div>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keyboard */}
      <div className="overflow-x-auto border-t border-line" role="region" aria-label="Past games, game by game" tabIndex={0}>
        <table className="w-full text-sm">
          <caption className="sr-only">Past games</caption>
          <thead>
            <tr className="border-b border-line text-xs text-faint">
              <th scope="col" className="px-5 py-2 text-left font-medium">Game</th>
              <th scope="col" className="px-3 py-2 text-right font-medium">Points</th>
              {stats.map((s) => <th key={s} scope="col" className="px-3 py-2 text-right font-medium whitespace-nowrap">{words(s)}</th>)}
            </tr>
          </thead>
          <tbody>
            {games.map((g) => (
              <tr key={g.game_id} className="border-b border-line/60 last:border-0">
                <td className="px-5 py-2 whitespace-nowrap">{date(g.starts_at)} <span className="text-muted">{g.is_home ? "v" : "at"} {team(g.opponent)}</span></td>
                <td className="tabular px-3 py-2 text-right font-semibold">{number(g.fantasy_points)}</td>
                {stats.map((s) => <td key={s} className="tabular px-3 py-2 text-right text-muted">{number(g.stats[s] ?? 0, 0)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

/** The stats in which he did anything, at most eight. */
function shownStats(games: Schemas["PastGameRead"][]): string[] {
  const totals = new Map<string, number>();
  for (const g of games) for (const [stat, v] of Object.entries(g.stats)) totals.set(stat, (totals.get(stat) ?? 0) + Math.abs(v));
  return [...totals].filter(([, v]) => v > 0).slice(0, 8).map(([stat]) => stat);
}
