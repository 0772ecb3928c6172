import { Card } from "@/components/ui/card";
import { DataTable, type Column } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { Notice } from "@/components/ui/state";
import { count, number, percent, salary, signed, team } from "@/lib/format";
import type { BuiltLineup, Grade, GradedPlayer, Placed } from "./grade";

const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const money = (value: number | null | undefined): string => (value == null ? "–" : cents.format(value));

const PLAYERS: Column<GradedPlayer>[] = [
  { key: "name", header: "Player", value: (p) => p.name, cell: (p) => <>{p.name} <span className="text-xs text-faint">{p.position} {team(p.team_id)}</span></> },
  { key: "salary", header: "Salary", value: (p) => p.salary_usd, cell: (p) => salary(p.salary_usd), numeric: true, from: "md" },
  { key: "predicted", header: "Predicted", help: "Share of the entries that the field model expected to have him", value: (p) => p.predicted_ownership, cell: (p) => percent(p.predicted_ownership, 1), numeric: true },
  { key: "real", header: "Drafted", help: "Share of the entries that had him", value: (p) => p.real_ownership, cell: (p) => percent(p.real_ownership, 1), numeric: true },
  { key: "projected", header: "Projected", help: "Points that the projections expected of him", value: (p) => p.projected_points, cell: (p) => number(p.projected_points), numeric: true, from: "sm" },
  { key: "points", header: "Points", value: (p) => p.real_points, cell: (p) => number(p.real_points), numeric: true },
  { key: "difference", header: "Difference", help: "Points less projected", value: (p) => difference(p), cell: (p) => signed(difference(p)), numeric: true, from: "md" },
];

const difference = (p: GradedPlayer): number | null => (p.real_points == null ? null : p.real_points - p.projected_points);

const LINEUPS: Column<BuiltLineup & { number: number }>[] = [
  { key: "number", header: "Lineup", value: (l) => l.number, numeric: true },
  { key: "projected", header: "Projected", value: (l) => l.projected_points, cell: (l) => number(l.projected_points), numeric: true },
  { key: "points", header: "Points", value: (l) => l.real_points, cell: (l) => number(l.real_points), numeric: true },
  { key: "rank", header: "Rank", help: "Among all entries and these lineups, ties share the best", value: (l) => l.rank, cell: (l) => count(l.rank), numeric: true },
  { key: "won", header: "Won", value: (l) => l.won_usd, cell: (l) => money(l.won_usd), numeric: true },
];

/** How projections, field model and lineups did in a finished contest. */
export function Grades({ grade }: { grade: Grade }) {
  const { projections: p, range, field_scores: scores, duplicates } = grade;
  return (
    <div className="space-y-5">
      {!grade.is_final && <Notice>Some games are still being played: points and ranks will change.</Notice>}
      {grade.model_has_seen_it && <Notice>The field model learned from this very contest, among others: its figures flatter it.</Notice>}
      {grade.entered && <Portfolio title={`Entries of ${grade.entered.user}`} placed={grade.entered} of={grade.entries} />}
      {grade.built && grade.built.entries != null && <Portfolio title="These lineups" note="As if every one had been entered beside the others" placed={grade.built as Placed} of={grade.entries} />}
      <Card title="Projections" note={p == null ? "The standings tell nobody's points" : `Over ${count(p.players)} players whose points the standings tell`}>
        {p != null && (
          <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
            <Figure name="Points off" value={number(p.mae, 2)} note={`weighed by drafts ${number(p.mae_drafted, 2)}`} />
            <Figure name="Bias" value={signed(p.bias, 2)} note="projected less real" />
            <Figure name="Rank correlation" value={number(p.rank_correlation, 3)} note="1 would be perfect" />
            {range && <Figure name="Within the range" value={percent(range.within)} note={`${percent(range.expected)} expected; ${percent(range.below)} below, ${percent(range.above)} above`} />}
          </dl>
        )}
      </Card>
      <Card title="Field model" note={`${count(grade.entries)} entries; predicted beside real`}>
        <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
          <Figure name="Ownership off" value={`${number(grade.ownership.mae, 2)} points`} note={grade.projected_ownership == null ? "on average, of who was drafted" : `the projected ownership ${number(grade.projected_ownership.mae, 2)}`} />
          <Figure name="Rank correlation" value={number(grade.ownership.rank_correlation, 3)} note={grade.projected_ownership == null ? "of ownership" : `the projected ownership ${number(grade.projected_ownership.rank_correlation, 3)}`} />
          <Figure name="Mean score" value={number(scores.mean[0])} note={`really ${number(scores.mean[1])}, best ${number(scores.best[1])}`} />
          <Figure name="Distinct lineups" value={percent(duplicates.predicted.distinct_share)} note={`really ${percent(duplicates.real.distinct_share)}, most copies ${count(duplicates.real.most_copies)}`} />
        </dl>
      </Card>
      {grade.built && grade.built.lineups.length > 0 && (
        <Card title="Lineups" note={grade.built.unknown > 0 ? `${count(grade.built.unknown)} hold somebody whom nobody drafted: the standings do not tell his points` : undefined} flush>
          <DataTable rows={grade.built.lineups.map((l, i) => ({ ...l, number: i + 1 }))} columns={LINEUPS} rowKey={(l) => l.number} sort={{ key: "rank", descending: false }} caption="What each lineup scored" />
        </Card>
      )}
      <Card title="Players" note="Most drafted, really or as predicted" flush>
        <DataTable rows={grade.players} columns={PLAYERS} rowKey={(p) => `${p.name} ${p.team_id ?? ""}`} sort={{ key: "real", descending: true }} caption="Players predicted and real" />
      </Card>
    </div>
  );
}

function Portfolio({ title, note, placed, of }: { title: string; note?: string; placed: Placed; of: number }) {
  return (
    <Card title={title} note={note}>
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Figure name="Profit" value={money(placed.profit_usd)} note={placed.cashed == null ? "state the contest's money to see it" : `${count(placed.cashed)} of ${count(placed.entries)} paid`} />
        <Figure name="Best rank" value={count(placed.best_rank)} note={`of ${count(of)}`} />
        <Figure name="Beat" value={percent(placed.beaten_share)} note="of the others, on average" />
        <Figure name="Points" value={number(placed.points.mean)} note={`best ${number(placed.points.best)}, field ${number(placed.points.field_mean)}`} />
      </dl>
    </Card>
  );
}
