import { useMutation, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { api, ask, sendFile, type Schemas } from "@/api/client";
import { contestOffersQuery } from "@/api/contests";
import { cancelRun, useRun } from "@/api/runs";
import { poolQuery, projectionSetsQuery, slateQuery, sportsQuery } from "@/api/slates";
import { WorkState } from "@/components/work/work-state";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DataTable, type Column } from "@/components/ui/data-table";
import { SelectField, TextField, Toggle } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { Problems } from "@/components/ui/problems";
import { Empty, Failure, Loading, Notice } from "@/components/ui/state";
import { count, number, percent } from "@/lib/format";
import { isOver } from "@/lib/work";
import { GroupCard } from "./group-card";
import { asEntering, COMMON_START, entered, groupsOf, groupStart, type Entered, type GroupForm } from "./groups";

/** Upload a site's entries file, say what each contest wants, fill all of it, download it. */
export function Entries({ slateId }: { slateId: number }) {
  const sets = useQuery(projectionSetsQuery(slateId));
  const slate = useQuery(slateQuery(slateId));
  const sports = useQuery(sportsQuery);
  const offers = useQuery(contestOffersQuery(slateId));
  const [chosen, setChosen] = useState<number | null>(null);
  const [common, setCommon] = useState(COMMON_START);
  const [forms, setForms] = useState<ReadonlyMap<string, GroupForm>>(new Map());
  const [runId, setRunId] = useState<number | null>(null);
  const run = useRun(runId);
  const setId = chosen ?? sets.data?.[0]?.id ?? null;
  const pool = useQuery({ ...poolQuery(slateId, setId), enabled: setId != null });
  const upload = useMutation({
    mutationFn: (file: File) => sendFile<Schemas["EntriesRead"]>(`/api/slates/${slateId}/entries`, file),
    onSuccess: (told) => {
      setRunId(null);
      setForms((old) => new Map(groupsOf(told.entries).map((g) => [g.contest, old.get(g.contest) ?? groupStart(g)])));
    },
  });
  const people = peopleOf(pool.data?.players ?? []);
  const groups = groupsOf(upload.data?.entries ?? []);
  const fill = useMutation({
    mutationFn: ({ uploadId, projections }: { uploadId: number; projections: number }) => {
      const entering = asEntering(common, groups, forms, (key) => people.find((p) => p.key === key)?.draftables ?? []);
      if (typeof entering === "string") throw new Error(entering);
      return ask(api.POST("/api/runs/enter", { body: { slate_id: slateId, upload_id: uploadId, projection_set_id: projections, entering } }));
    },
    onSuccess: (made) => { setRunId(made.id); },
  });
  if (sets.isPending) return <Loading />;
  if (sets.isError) return <Failure error={sets.error} retry={() => void sets.refetch()} />;
  if (setId == null) return <Card><Empty title="Nothing to build on yet">Simulate the slate or upload your own projections first.</Empty></Card>;
  const file = upload.data;
  const busy = fill.isPending || (runId != null && (run == null || !isOver(run)));
  const done = entered(run);
  const stacks = sports.data?.find((s) => s.code === slate.data?.sport)?.stacks ?? [];
  const columns = sets.data.find((s) => s.id === setId)?.columns ?? [];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <Card title="Entries" note="One pool of lineups, each where it earns most" className="lg:sticky lg:top-20">
        <div className="space-y-4">
          <FileButton label="Entries file" accept=".csv,text/csv" className="w-full" busy={upload.isPending} onPick={(picked) => { upload.mutate(picked); }}>Entries file from the site</FileButton>
          {upload.isError && <Problems error={upload.error} />}
          <SelectField label="Projections" value={setId} onChange={(e) => { setChosen(Number(e.target.value)); }}>
            {sets.data.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
          </SelectField>
          <div className="grid grid-cols-2 gap-3">
            <TextField label="Unique players, all" type="number" min={1} required value={common.minUnique} onChange={(e) => { setCommon({ ...common, minUnique: e.target.value }); }} hint="Within a contest" />
            <TextField label="Exposure of all, %" type="number" min={1} max={100} required value={common.maxExposure} onChange={(e) => { setCommon({ ...common, maxExposure: e.target.value }); }} hint="At most" />
          </div>
          <SelectField label="Stack" value={common.stack} onChange={(e) => { setCommon({ ...common, stack: e.target.value }); }}>
            <option value="">No stack</option>
            {stacks.map((s) => <option key={s.key} value={s.key}>{s.title}</option>)}
          </SelectField>
          <Toggle label="A lineup may stand in several contests" checked={common.repeats} onChange={(e) => { setCommon({ ...common, repeats: e.target.checked }); }} />
          <Toggle label="Only entries that hold nobody yet" checked={common.reservedOnly} onChange={(e) => { setCommon({ ...common, reservedOnly: e.target.checked }); }} />
          <Button kind="primary" className="w-full" busy={busy} disabled={file == null} onClick={() => { if (file) fill.mutate({ uploadId: file.upload_id, projections: setId }); }}>Fill the entries</Button>
          {fill.isError && <Problems error={fill.error} />}
          <WorkState work={run} waiting="waiting for the optimizer" onCancel={cancelRun} />
          {done && (
            <Notice tone="good">
              {count(done.rows)} entries filled{done.untouched > 0 && `, ${count(done.untouched)} left as they were`}.{" "}
              <a href={`/api/entries/${done.upload_id}/entries.csv`} download className="font-semibold underline">Download the file</a>
              {done.is_over === true && <span className="mt-1 block">Every game has begun: filled as of the lock, the site will not take it any more.</span>}
            </Notice>
          )}
        </div>
      </Card>
      <div className="min-w-0 space-y-5">
        {done && <Outcome done={done} />}
        {file == null && <Card><Empty title="No entries yet">Download your entries from the site’s upload page and choose the file here. Each contest of it becomes a group with its own size, exposures and objective; every other cell stays as the site wrote it.</Empty></Card>}
        {groups.map((g) => {
          const form = forms.get(g.contest);
          return form && (
            <GroupCard key={g.contest} group={g} form={form} columns={columns} people={people} offers={offers.data ?? []}
              onChange={(part) => { setForms((old) => new Map(old).set(g.contest, { ...form, ...part })); }} />
          );
        })}
      </div>
    </div>
  );
}

function peopleOf(players: readonly Schemas["PoolPlayer"][]) {
  const found = new Map<string, { key: string; label: string; draftables: number[] }>();
  for (const p of [...players].sort((a, b) => (b.mean ?? 0) - (a.mean ?? 0))) {
    if (p.mean == null || p.is_disabled) continue;
    const key = p.player_id == null ? `${p.name}/${p.team ?? ""}` : String(p.player_id);
    const known = found.get(key);
    if (known) known.draftables.push(p.draftable_id);
    else found.set(key, { key, label: `${p.name} (${[p.position, p.team].filter(Boolean).join(", ")})`, draftables: [p.draftable_id] });
  }
  return [...found.values()];
}

type Told = Entered["groups"][number];

/** In words: a number is the quantile of a lineup's points that was made as high as possible. */
function chosenFor(objective: string): string {
  const quantile = Number(objective);
  if (objective !== "" && Number.isFinite(quantile)) return `a good day (${percent(quantile)})`;
  return objective === "roi" ? "ROI" : objective;
}

const COLUMNS: Column<Told>[] = [
  { key: "name", header: "Contest", value: (g) => g.name },
  { key: "entries", header: "Entries", value: (g) => g.entries, numeric: true },
  { key: "objective", header: "Chosen for", value: (g) => chosenFor(g.objective), from: "md" },
  { key: "points", header: "Points", help: "Mean projected points of its lineups", value: (g) => g.points_mean, cell: (g) => number(g.points_mean, 2), numeric: true },
  { key: "top", header: "Most of one player", value: (g) => g.top_player.share, cell: (g) => `${percent(g.top_player.share)} ${g.top_player.name}`, numeric: true, from: "sm" },
  { key: "roi", header: "ROI", help: "In worlds that did not choose; for contests whose payouts are known", value: (g) => g.roi, cell: (g) => percent(g.roi, 1), numeric: true },
];

function Outcome({ done }: { done: Entered }) {
  return (
    <Card title="Filled" note={`${count(done.rows)} lineups in ${count(done.groups.length)} ${done.groups.length === 1 ? "contest" : "contests"}`} flush
      actions={<a href={`/api/entries/${done.upload_id}/entries.csv`} download className={buttonClass("primary")}><Download aria-hidden className="size-4" /> Download</a>}>
      <DataTable rows={done.groups} columns={COLUMNS} rowKey={(g) => g.contest} sort={{ key: "name", descending: false }} caption="What each contest was given" />
    </Card>
  );
}
