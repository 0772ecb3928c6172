import { CurveChart } from "@/components/charts/curve";
import { HistogramChart } from "@/components/charts/histogram";
import { Card } from "@/components/ui/card";
import { DataTable, type Column } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { Notice } from "@/components/ui/state";
import { count, number, percent } from "@/lib/format";
import type { LineupOutcome, Outcome } from "@/lib/outcome";

const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const money = (value: number): string => cents.format(value);
const Z95 = 1.96;

const NOTICES: Partial<Record<Outcome["draws"], string>> = {
  scaled: "The worlds are the simulation’s, with every player’s points scaled to your projection of him.",
  copula: "The games themselves were not simulated: the points were drawn around these projections with the sport’s usual correlations.",
};

const COLUMNS: Column<LineupOutcome & { rank: number }>[] = [
  { key: "rank", header: "Lineup", value: (l) => l.rank, numeric: true },
  { key: "pick", header: "Pick", help: "The order in which to enter: next is the one that adds most to what all win together", value: (l) => l.pick, numeric: true },
  { key: "profit", header: "Profit", help: "Expected profit of one entry, and half its 95 % interval", value: (l) => l.profit_usd, cell: (l) => <>{money(l.profit_usd)} <span className="text-xs text-faint">± {number(Z95 * l.standard_error_usd, 2)}</span></>, numeric: true },
  { key: "roi", header: "ROI", value: (l) => l.roi, cell: (l) => percent(l.roi), numeric: true },
  { key: "sd", header: "SD", help: "Standard deviation of one entry's winnings", value: (l) => l.sd_usd, cell: (l) => money(l.sd_usd), numeric: true, from: "md" },
  { key: "cash", header: "Cash", help: "Chance to be paid", value: (l) => l.prob_cash, cell: (l) => percent(l.prob_cash, 1), numeric: true },
  { key: "top", header: "Top 1%", value: (l) => l.prob_top, cell: (l) => percent(l.prob_top, 2), numeric: true, from: "sm" },
  { key: "first", header: "First", help: "Chance of the best score, ties included", value: (l) => l.prob_first, cell: (l) => percent(l.prob_first, 3), numeric: true, from: "sm" },
  { key: "duplicates", header: "Duplicates", help: "Other entries with the same lineup: expected, and in this field", value: (l) => l.expected_duplicates, cell: (l) => `${number(l.expected_duplicates, 2)} (${number(l.duplicates, 0)})`, numeric: true, from: "lg" },
];

/** What the entries may win: all together, by number of lineups, one by one, and against whom. */
export function Results({ outcome }: { outcome: Outcome }) {
  const p = outcome.portfolio;
  const rows = outcome.lineups.map((l, i) => ({ ...l, rank: i + 1 }));
  const curve = outcome.roi_by_lineups.filter((c) => c.roi != null).map((c) => ({ x: c.lineups, y: c.roi ?? 0, spread: (Z95 * c.standard_error_usd * (c.roi ?? 0)) / (c.profit_usd || 1) }));
  return (
    <div className="space-y-5">
      {NOTICES[outcome.draws] != null && <Notice>{NOTICES[outcome.draws]}</Notice>}
      <Card title={outcome.contest.name} note={`${count(outcome.own_entries)} of ${count(outcome.contest.entries)} entries, ${count(outcome.worlds)} worlds, prizes of ${money(outcome.contest.prize_pool_usd)}${outcome.candidates == null ? "" : `; chosen from ${count(outcome.candidates)} lineups in other worlds`}`}>
        <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
          <Figure name="Expected profit" value={money(p.profit_usd)} note={`95 %: ${money(p.interval_95_usd[0])} to ${money(p.interval_95_usd[1])}`} />
          <Figure name="ROI" value={percent(p.roi, 1)} note={`on ${money(p.cost_usd)}`} />
          <Figure name="Chance of profit" value={percent(p.prob_profit, 1)} note={`of any prize ${percent(p.prob_any_cash, 1)}`} />
          <Figure name="Standard deviation" value={money(p.sd_usd)} note={`best world ${money(p.best_usd)}`} />
        </dl>
      </Card>
      <Card title="Profit of all entries together" note={`Share of worlds; ${percent(outcome.profit_histogram.beyond, 1)} lie beyond the right edge`}>
        <HistogramChart {...outcome.profit_histogram} unit="$" mean={p.profit_usd} low={p.quantiles_usd["0.05"] ?? null} high={p.quantiles_usd["0.95"] ?? null} label="Profit of all entries together" />
      </Card>
      {curve.length > 1 && (
        <Card title="ROI by number of lineups" note="In the order of their pick, with the 95 % interval that the number of worlds leaves">
          <CurveChart points={curve} label="ROI by number of lineups" unit="lineups" format={(y) => percent(y)} />
        </Card>
      )}
      <Card title="Lineups" flush>
        <DataTable rows={rows} columns={COLUMNS} rowKey={(l) => l.lineup_id} sort={{ key: "pick", descending: false }} caption="What each lineup may win" />
      </Card>
      <Card title="The field drafts" note={outcome.field.habits}>
        <ul className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-2">
          {outcome.field.most_drafted.map((d) => <li key={d.draftable_id} className="flex justify-between"><span className="truncate">{d.name}</span><span className="tabular text-muted">{percent(d.ownership, 1)}</span></li>)}
        </ul>
      </Card>
    </div>
  );
}
