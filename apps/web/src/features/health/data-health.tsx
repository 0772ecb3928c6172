import { queryOptions, useQuery } from "@tanstack/react-query";
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

const TONE = { ok: "good", running: "accent", late: "warn", failing: "bad", never: "plain", silent: "bad" } as const;

const SOURCES: Column<Source>[] = [
  { key: "provider", header: "Source", value: (s) => s.provider, cell: (s) => <span><b className="font-medium">{words(s.provider)}</b> <span className="text-xs text-faint">{s.feed} · {s.sport.toUpperCase()}</span></span> },
  { key: "state", header: "State", value: (s) => s.state, cell: (s) => <Badge tone={TONE[s.state]}>{s.state}</Badge> },
  { key: "success", header: "Last success", value: (s) => s.last_success_at, cell: (s) => ago(s.last_success_at), from: "sm" },
  { key: "rows", header: "Rows", value: (s) => s.rows, cell: (s) => count(s.rows), numeric: true },
  { key: "new", header: "New", value: (s) => s.rows_new, cell: (s) => count(s.rows_new), numeric: true, from: "md" },
  { key: "changed", header: "Changed", value: (s) => s.rows_changed, cell: (s) => count(s.rows_changed), numeric: true, from: "md" },
  { key: "rejected", header: "Rejected", value: (s) => s.rows_rejected, cell: (s) => count(s.rows_rejected), numeric: true, from: "md" },
  { key: "error", header: "Last error", value: (s) => s.error?.message, cell: (s) => <span className="text-bad">{s.error?.message ?? ""}</span>, from: "lg" },
];

const SERVICES: Column<Service>[] = [
  { key: "service", header: "Process", value: (s) => s.service, cell: (s) => <b className="font-medium">{s.service}</b> },
  { key: "state", header: "State", value: (s) => s.state, cell: (s) => <Badge tone={TONE[s.state]}>{s.state}</Badge> },
  { key: "seen", header: "Last sign of life", value: (s) => s.seen_at, cell: (s) => ago(s.seen_at) },
  { key: "run", header: "Last job", value: (s) => s.last_run_at, cell: (s) => (s.last_run_at ? `${s.last_run_status ?? ""} ${ago(s.last_run_at)}` : "none yet"), from: "sm" },
  { key: "instances", header: "Copies", value: (s) => s.instances, numeric: true, from: "sm" },
];

/** Each source and each process: is it fresh, what did it bring, what went wrong. */
export function DataHealth() {
  const health = useQuery(healthQuery);
  return (
    <div className="space-y-6">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">Data health</h1>
        <p className="mt-1 text-sm text-muted">What every source brought last, and whether every process is alive. A failing source keeps its last good data.</p>
      </div>
      {health.isPending ? (
        <Loading />
      ) : health.isError ? (
        <Failure error={health.error} retry={() => void health.refetch()} />
      ) : (
        <>
          <Card title="Sources" flush>
            {health.data.sources.length === 0 ? <Empty title="No source has run yet">Sources run on their own schedule once the ingest processes are up.</Empty> : <DataTable rows={health.data.sources} columns={SOURCES} rowKey={(s) => `${s.provider}/${s.sport}`} sort={{ key: "provider", descending: false }} caption="Sources" />}
          </Card>
          <Card title="Processes" flush>
            {health.data.services.length === 0 ? <Empty title="No process has reported yet" /> : <DataTable rows={health.data.services} columns={SERVICES} rowKey={(s) => s.service} sort={{ key: "service", descending: false }} caption="Processes" />}
          </Card>
        </>
      )}
    </div>
  );
}
