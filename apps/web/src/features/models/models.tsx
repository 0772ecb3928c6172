import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, ask } from "@/api/client";
import { sessionQuery } from "@/api/session";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DataTable, type Column } from "@/components/ui/data-table";
import { SelectField } from "@/components/ui/field";
import { Empty, Failure, Loading, Notice } from "@/components/ui/state";
import { count, date, number, words } from "@/lib/format";
import { Comparison } from "./comparison";
import { modelsQuery, reportsQuery, SCORES, type Model } from "./registry";

/** The registry: which model is in use for each market, how it did on games it had not seen, and who else could. */
export function Models() {
  const models = useQuery(modelsQuery);
  return (
    <div className="space-y-6">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">Models</h1>
        <p className="mt-1 max-w-prose text-sm text-muted">
          Which model predicts each market, and how it did on the latest games, which a model fitted the same way had not seen.
        </p>
      </div>
      {models.isPending ? (
        <Loading label="Loading the models" />
      ) : models.isError ? (
        <Failure error={models.error} retry={() => void models.refetch()} />
      ) : models.data.length === 0 ? (
        <Card>
          <Empty title="No model is trained yet">Open a slate and make its projections: models are trained on the way. Or run <code>sdp demo</code>.</Empty>
        </Card>
      ) : (
        <Registry models={models.data} />
      )}
      <Reports />
    </div>
  );
}

function Registry({ models }: { models: Model[] }) {
  const session = useQuery(sessionQuery);
  const [market, setMarket] = useState("");
  const [chosen, setChosen] = useState<number[]>([]);
  const markets = useMemo(() => [...new Map(models.map((m) => [m.market, m.title]))], [models]);
  const shown = useMemo(() => (market === "" ? models.filter((m) => m.stage === "promoted") : models.filter((m) => m.market === market)), [models, market]);
  const { change, error } = useChange();
  const mayChange = session.data?.user.is_admin === true;
  const columns = useMemo(() => columnsOf(chosen, (id) => { setChosen((old) => (old.includes(id) ? old.filter((o) => o !== id) : [...old.slice(-1), id])); }), [chosen]);
  const picked = chosen.flatMap((id) => models.filter((m) => m.id === id));
  return (
    <>
      <Card
        title={market === "" ? "Models in use" : (models.find((m) => m.market === market)?.title ?? market)}
        note={market === "" ? "One for each market. Choose a market to see its other versions; open one, or compare two." : "Every version, the one in use first."}
        actions={
          <div className="flex flex-wrap items-end gap-2">
            <SelectField label="Market" value={market} onChange={(event) => { setMarket(event.target.value); setChosen([]); }}>
              <option value="">All in use</option>
              {markets.map(([key, title]) => <option key={key} value={key}>{title}</option>)}
            </SelectField>
            {market !== "" && mayChange && (
              <Button busy={change.isPending} onClick={() => { change.mutate({ back: { sport: shown[0]?.sport ?? "nfl", market } }); }}>Roll back</Button>
            )}
          </div>
        }
        flush
      >
        {error != null && <div className="px-5 pb-3"><Notice tone="bad">{error}</Notice></div>}
        {shown.length === 0 ? <Empty title="No model in use">Choose a market and promote one of its models.</Empty> : (
          <DataTable rows={shown} columns={columns} rowKey={(m) => m.id} sort={{ key: "title", descending: false }} caption="Registered models and their scores" />
        )}
      </Card>
      {picked.length > 0 && (
        <Comparison key={chosen.join()} models={picked} mayChange={mayChange} busy={change.isPending} promote={(id) => { change.mutate({ promote: id }); }} />
      )}
    </>
  );
}

type Change = { promote: number } | { back: { sport: string; market: string } };

/** Promote another model, and read the registry again. */
function useChange() {
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (what: Change) =>
      "promote" in what
        ? ask(api.POST("/api/models/{model_id}/promote", { params: { path: { model_id: what.promote } } }))
        : ask(api.POST("/api/models/rollback", { body: what.back })),
    onSuccess: () => cache.invalidateQueries({ queryKey: modelsQuery.queryKey }),
  });
  return { change, error: change.isError ? change.error.message : null };
}

function columnsOf(chosen: number[], choose: (id: number) => void): Column<Model>[] {
  const scores = SCORES.map((score, i): Column<Model> => ({
    key: score.key,
    header: score.header,
    help: score.help,
    value: (m) => m.metrics[score.key],
    cell: (m) => number(m.metrics[score.key], score.digits),
    numeric: true,
    ...(i === 0 || score.key === "coverage_80" ? {} : { from: i < 2 ? "sm" : i < 4 ? "md" : "lg" }),
  }));
  return [
    {
      key: "title",
      header: "Market",
      value: (m) => m.title,
      cell: (m) => (
        <label className="flex cursor-pointer items-center gap-3">
          <input type="checkbox" className="size-4 accent-accent" checked={chosen.includes(m.id)} onChange={() => { choose(m.id); }} aria-label={`Look into ${m.title}, ${m.family}, ${m.version}`} />
          <span><b className="block font-medium">{m.title}</b> <span className="text-xs text-muted">{words(m.family)} · {m.mode}</span></span>
        </label>
      ),
    },
    { key: "stage", header: "State", value: (m) => m.stage, cell: (m) => <Badge tone={m.stage === "promoted" ? "good" : "plain"}>{m.stage === "promoted" ? "in use" : m.stage}</Badge>, from: "sm" },
    { key: "until", header: "Trained until", value: (m) => m.trained_until, cell: (m) => date(m.trained_until), from: "md" },
    ...scores,
    { key: "n", header: "Judged on", help: "Player games that the scores are of", value: (m) => m.metrics["rows"], cell: (m) => count(m.metrics["rows"]), numeric: true, from: "lg" },
  ];
}

function Reports() {
  const reports = useQuery(reportsQuery);
  if (reports.isPending) return null;
  if (reports.isError) return <Failure error={reports.error} retry={() => void reports.refetch()} />;
  return (
    <Card title="Back-tests" note="Seasons walked through again, refitting on the past alone, beside averages, other people's projections and real lines.">
      {reports.data.length === 0 ? (
        <p className="text-sm text-muted">None was run yet: <code>sdp backtest --seasons 2021-2024</code> leaves its report here.</p>
      ) : (
        <ul className="space-y-2 text-sm">
          {reports.data.map((r) => (
            <li key={r.name} className="flex flex-wrap justify-between gap-2">
              <a href={`/api/models/reports/${r.name}`} download className="text-accent underline underline-offset-2">{r.title}</a>
              <span className="text-muted">{date(r.made_at)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
