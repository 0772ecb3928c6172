import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import type { Schemas } from "@/api/client";
import { poolQuery } from "@/api/slates";
import { Interval } from "@/components/charts/interval";
import { Badge, Modelled, Position } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { DataTable, type Column } from "@/components/ui/data-table";
import { Empty, Failure, Loading, Notice } from "@/components/ui/state";
import { slotsOfCopies } from "@/api/copies";
import { number, percent, salary, when } from "@/lib/format";
import { ProjectionSets } from "./projection-sets";

type Row = Schemas["PoolPlayer"];

/** Positions in the order people look for them; others follow by name. */
const ORDER = ["QB", "RB", "WR", "TE", "K", "DST"];

/** Every draftable of a slate with its projection, range and salary. */
export function Pool({ slateId }: { slateId: number }) {
  const [setId, setSetId] = useState<number | null>(null);
  // While another set is read the page stays: it tells what an upload of projections left out.
  const pool = useQuery({ ...poolQuery(slateId, setId), placeholderData: keepPreviousData });
  const [search, setSearch] = useState("");
  const [position, setPosition] = useState("ALL");
  const [team, setTeam] = useState("ALL");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const rows = useMemo(
    () =>
      (pool.data?.players ?? []).filter(
        (p) =>
          (position === "ALL" || p.position === position) &&
          (team === "ALL" || p.team === team) &&
          (wanted === "" || p.name.toLowerCase().includes(wanted)),
      ),
    [pool.data, position, team, wanted],
  );
  const columns = useColumns(slateId, pool.data?.players);
  if (pool.isPending) return <Loading rows={12} />;
  if (pool.isError) return <Failure error={pool.error} retry={() => void pool.refetch()} />;
  const { players, projection_set: set } = pool.data;
  const unmatched = players.filter((p) => !p.matched);
  const offered = new Set(players.map((p) => p.position));
  const positions = ["ALL", ...ORDER.filter((p) => offered.has(p)), ...[...offered].filter((p) => !ORDER.includes(p)).sort()];
  const teams = [...new Set(players.flatMap((p) => (p.team ? [p.team] : [])))].sort();
  return (
    <div className="space-y-4">
      <ProjectionSets slateId={slateId} chosen={set?.id ?? null} onChoose={setSetId} />
      {set == null && <Notice>This slate has no projections yet: make them here, or upload your own. Where every trained model has seen games after its date, new ones are trained first, which takes a minute or so.</Notice>}
      {unmatched.length > 0 && <Unmatched players={unmatched} />}
      <Card flush>
        <div className="flex flex-wrap items-center gap-3 px-5 py-4">
          <label className="relative min-w-44 flex-1 sm:max-w-72">
            <span className="sr-only">Search players</span>
            <Search aria-hidden className="absolute top-3 left-3 size-4 text-faint" />
            <input type="search" placeholder="Search players" value={search} onChange={(e) => { setSearch(e.target.value); }} className="h-10 w-full rounded-lg border border-line bg-surface pr-3 pl-9 text-sm" />
          </label>
          <div role="group" aria-label="Position" className="flex flex-wrap gap-1">
            {positions.map((code) => (
              <button key={code} type="button" aria-pressed={position === code} onClick={() => { setPosition(code); }} className="h-9 rounded-lg px-3 text-sm font-medium text-muted hover:bg-raised aria-pressed:bg-ink aria-pressed:text-canvas">
                {code === "ALL" ? "All" : code}
              </button>
            ))}
          </div>
          <label>
            <span className="sr-only">Team</span>
            <select value={team} onChange={(e) => { setTeam(e.target.value); }} className="h-9 rounded-lg border border-line bg-surface px-2 text-sm">
              <option value="ALL">All teams</option>
              {teams.map((t) => <option key={t}>{t}</option>)}
            </select>
          </label>
          <span className="tabular ml-auto flex items-center gap-3 text-xs text-faint">
            {pool.data.salary_source === "modelled" && <Modelled />}
            {rows.length} of {players.length}
          </span>
        </div>
        {set && (
          <p className="border-t border-line px-5 py-2 text-xs text-faint">
            {set.name} · as of {when(set.as_of)}
            {set.worlds != null && ` · ${set.worlds.toLocaleString("en-US")} simulated worlds`}
          </p>
        )}
        {rows.length === 0 ? (
          <Empty title="No player fits">Change the search or the filters.</Empty>
        ) : (
          <DataTable rows={rows} columns={columns} rowKey={(p) => p.draftable_id} sort={{ key: "mean", descending: true }} caption="Players of the slate" rowClass={(p) => (p.is_disabled ? "opacity-50" : "")} />
        )}
      </Card>
    </div>
  );
}

function useColumns(slateId: number, players: Row[] | undefined): Column<Row>[] {
  return useMemo(() => {
    const max = Math.max(1, ...(players ?? []).map((p) => p.p90 ?? 0));
    const slots = slotsOfCopies(players ?? []);
    const settled = (players ?? []).some((p) => p.realised_points != null);
    const columns: Column<Row>[] = [
      { key: "position", header: "Pos", value: (p) => p.position, cell: (p) => <Position code={p.position} />, from: "sm" },
      { key: "name", header: "Player", value: (p) => p.name, cell: (p) => <Name player={p} slot={slots.get(p.draftable_id)} slateId={slateId} /> },
      { key: "game", header: "Game", value: (p) => p.team, cell: (p) => <span className="whitespace-nowrap text-muted">{p.team ?? "–"} {p.is_home === false ? "@" : "v"} {p.opponent ?? "–"}</span>, from: "md" },
      { key: "salary", header: "Salary", value: (p) => p.salary_usd, cell: (p) => salary(p.salary_usd), numeric: true },
      { key: "mean", header: "Proj", help: "Mean fantasy points", value: (p) => p.mean, cell: (p) => <b>{number(p.mean)}</b>, numeric: true },
      { key: "range", header: "Range", help: "80% of worlds lie in the bar; the tick is the median", value: (p) => p.p90, cell: (p) => <Interval low={p.p10} mid={p.p50} high={p.p90} max={max} />, from: "lg" },
      { key: "floor", header: "10%", help: "One world in ten is below", value: (p) => p.p10, cell: (p) => number(p.p10), numeric: true, from: "sm" },
      { key: "ceiling", header: "90%", help: "One world in ten is above", value: (p) => p.p90, cell: (p) => number(p.p90), numeric: true, from: "sm" },
      { key: "value", header: "Value", help: "Mean points per $1,000 of salary", value: (p) => p.value, cell: (p) => number(p.value, 2), numeric: true, from: "md" },
    ];
    if (players?.some((p) => p.ownership != null)) {
      columns.push({ key: "ownership", header: "Owned", help: "Share of lineups in which he is expected", value: (p) => p.ownership, cell: (p) => percent(p.ownership), numeric: true, from: "md" });
    }
    if (settled) {
      columns.push({ key: "realised", header: "Actual", help: "Fantasy points really scored", value: (p) => p.realised_points, cell: (p) => <span className="text-warn">{number(p.realised_points)}</span>, numeric: true, from: "md" });
    }
    return columns;
  }, [slateId, players]);
}

function Name({ player, slot, slateId }: { player: Row; slot: string | undefined; slateId: number }) {
  const hurt = player.injury_status ?? player.status;
  return (
    <span className="flex items-baseline gap-2">
      <span className="shrink-0 sm:hidden"><Position code={player.position} /></span>
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        <Link to="/slates/$slateId/players/$draftableId" params={{ slateId: String(slateId), draftableId: String(player.draftable_id) }} className="font-medium hover:text-accent hover:underline">
          {player.name}
        </Link>
        {hurt && <Badge tone="bad">{hurt}</Badge>}
        {!player.matched && <Badge tone="warn">unmatched</Badge>}
        <span className="text-xs whitespace-nowrap text-faint">
          {slot}
          <span className="md:hidden">{slot != null && player.team != null && " · "}{player.team}</span>
        </span>
      </span>
    </span>
  );
}

function Unmatched({ players }: { players: Row[] }) {
  return (
    <details className="rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">
      <summary className="cursor-pointer font-medium">{players.length} players could not be matched to one we know; they have no projection of ours.</summary>
      <p className="mt-2">{players.map((p) => `${p.name} (${p.position}, ${p.team ?? "no team"}, ${salary(p.salary_usd)})`).join("; ")}</p>
    </details>
  );
}
