import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Schemas } from "@/api/client";
import { api, ask } from "@/api/client";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { DataTable, type Column } from "@/components/ui/data-table";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { ago, count, words } from "@/lib/format";

type Source = Schemas["SourceRead"];
type Service = Schemas["ServiceRead"];

const healthQuery = queryOptions({ queryKey: ["data-health"], queryFn: () => ask(api.GET("/api/data-health")), refetchInterval: 30_000 });

const TONE = { ok: "good", running: "accent", late: "warn", failing: "bad", never: "plain", off: "plain", silent: "bad" } as const;
const CAUSE = { outage: "out of reach", drifted: "changed its shape", unavailable: "refuses us", empty: "nothing to tell" } as const;

/** What a source's state means, and why. */
function stateOf(source: Source) {
  const words = source.cause == null ? source.state : `${source.state}, ${CAUSE[source.cause]}`;
  const target = source.target_s == null ? "" : ` Fresh within ${Math.round(source.target_s / 60)} minutes.`;
  return <Badge tone={TONE[source.state]} title={`${source.schedule ?? "On request only"}.${target}`}>{words}</Badge>;
}

/** A source by name; where there is no room for a column of errors, its error on request. */
function nameOf(source: Source) {
  return (
    <div>
      <b className="font-medium">{words(source.provider)}</b> <span className="text-xs text-faint">{source.feed} · {source.sport.toUpperCase()}</span>
      {source.error != null && (
        <details className="text-xs text-bad lg:hidden">
          <summary className="cursor-pointer">Last error</summary>
          <span className="wrap-anywhere">{source.error.message}</span>
        </details>
      )}
    </div>
  );
}

const SOURCES: Column<Source>[] = [
  { key: "provider", header: "Source", value: (s) => s.provider, cell: nameOf },
  { key: "state", header: "State", value: (s) => s.state, cell: stateOf },
  { key: "success", header: "Last success", value: (s) => s.last_success_at, cell: (s) => <span className="whitespace-nowrap">{ago(s.last_success_at)}</span>, from: "sm" },
  { key: "rows", header: "Rows", value: (s) => s.rows, cell: (s) => count(s.rows), numeric: true },
  { key: "new", header: "New", value: (s) => s.rows_new, cell: (s) => count(s.rows_new), numeric: true, from: "md" },
  { key: "changed", header: "Changed", value: (s) => s.rows_changed, cell: (s) => count(s.rows_changed), numeric: true, from: "md" },
  { key: "rejected", header: "Rejected", value: (s) => s.rows_rejected, cell: (s) => count(s.rows_rejected), numeric: true, from: "md" },
  { key: "credits", header: "Credits left", value: (s) => s.credits_left, cell: (s) => (s.credits_left == null ? "" : count(s.credits_left)), numeric: true, from: "lg" },
  { key: "error", header: "Last error", value: (s) => s.error?.message, cell: (s) => <span className="wrap-anywhere text-bad">{s.error?.message ?? ""}</span>, from: "lg" },
];

const SERVICES: Column<Service>[] = [
  { key: "service", header: "Process", value: (s) => s.service, cell: (s) => <b className="font-medium">{s.service}</b> },
  { key: "state", header: "State", value: (s) => s.state, cell: (s) => <Badge tone={TONE[s.state]}>{s.state}</Badge> },
  { key: "seen", header: "Last sign of life", value: (s) => s.seen_at, cell: (s) => ago(s.seen_at) },
  { key: "run", header: "Last job", value: (s) => s.last_run_at, cell: (s) => (s.last_run_at ? `${s.last_run_status ?? ""} ${ago(s.last_run_at)}` : "none yet"), from: "sm" },
  { key: "instances", header: "Copies", value: (s) => s.instances, numeric: true, from: "sm" },
];

/** Ask again as soon as a source brings something. */
function useFeedEvents() {
  const cache = useQueryClient();
  useEffect(() => {
    const source = new EventSource("/api/feeds/events");
    const refresh = () => void cache.invalidateQueries({ queryKey: healthQuery.queryKey });
    for (const kind of ["feed", "late_change", "missed"]) source.addEventListener(kind, refresh);
    return () => {
      source.close();
    };
  }, [cache]);
}

/** Each source and each process: is it fresh, what did it bring, what went wrong. */
export function DataHealth() {
  const health = useQuery(healthQuery);
  const [withOff, setWithOff] = useState(false);
  useFeedEvents();
  return (
    <div className="space-y-6">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">Data health</h1>
        <p className="mt-1 text-sm text-muted">What every source brought last, and whether every process is alive. A failing source keeps its last good data. <Link to="/review" className="underline">Names that wait for review</Link></p>
      </div>
      {health.isPending ? (
        <Loading />
      ) : health.isError ? (
        <Failure error={health.error} retry={() => void health.refetch()} />
      ) : (
        <>
          {health.data.late_changes.length > 0 && (
            <Card title="Late changes">
              <ul className="space-y-1 text-sm">
                {health.data.late_changes.map((change) => (
                  <li key={`${change.player_id}${change.known_at}`}>
                    <b className="font-medium">{change.name}</b> is {words(change.status)} ({ago(change.known_at)}, {change.source})
                  </li>
                ))}
              </ul>
            </Card>
          )}
          <label className="flex items-center gap-2 text-sm text-muted">
            <input type="checkbox" checked={withOff} onChange={(event) => { setWithOff(event.target.checked); }} />
            Show the {health.data.sources.filter((s) => s.state === "off").length} feeds that are switched off
          </label>
          <Card title="Sources" flush>
            {health.data.sources.length === 0 ? <Empty title="No source has run yet">Sources run on their own schedule once the ingest processes are up.</Empty> : <DataTable rows={health.data.sources.filter((s) => withOff || s.state !== "off")} columns={SOURCES} rowKey={(s) => `${s.provider}/${s.sport}`} sort={{ key: "provider", descending: false }} caption="Sources" />}
          </Card>
          <Card title="Processes" flush>
            {health.data.services.length === 0 ? <Empty title="No process has reported yet" /> : <DataTable rows={health.data.services} columns={SERVICES} rowKey={(s) => s.service} sort={{ key: "service", descending: false }} caption="Processes" />}
          </Card>
        </>
      )}
    </div>
  );
}
