import { useMutation, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { api, ask, sendFile, type Schemas } from "@/api/client";
import { cancelRun, useRun } from "@/api/runs";
import { gamesOf } from "@/api/games";
import { poolQuery, projectionSetsQuery } from "@/api/slates";
import { WorkState } from "@/components/work/work-state";
import { Badge } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DataTable, type Column } from "@/components/ui/data-table";
import { SelectField, TextField } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { SetPicker } from "@/components/ui/set-picker";
import { Problems } from "@/components/ui/problems";
import { Empty, Failure, Loading, Notice } from "@/components/ui/state";
import { count } from "@/lib/format";
import { isOver } from "@/lib/work";
import { swapped, type Swapped } from "./swapped";

type Entry = Schemas["EntryRead"];

const WORDS: Record<string, string> = { swapped: "swapped", same: "best already", kept: "kept: no lineup fits", finished: "finished", unknown: "left alone" };

/** Upload a site's entries file, see who of it is locked, exchange the others, download it. */
export function LateSwap({ slateId }: { slateId: number }) {
  const sets = useQuery(projectionSetsQuery(slateId));
  const [chosen, setChosen] = useState<number | null>(null);
  const [unique, setUnique] = useState("1");
  const [exposure, setExposure] = useState("100");
  const [begun, setBegun] = useState<string[]>([]);
  const [runId, setRunId] = useState<number | null>(null);
  const run = useRun(runId);
  const setId = chosen ?? sets.data?.[0]?.id ?? null;
  const pool = useQuery({ ...poolQuery(slateId, setId), enabled: setId != null });
  const games = gamesOf(pool.data?.players ?? []);
  const started = games.filter((g) => begun.includes(g.id)).flatMap((g) => g.teams);
  const upload = useMutation({
    mutationFn: (file: File) => sendFile<Schemas["EntriesRead"]>(`/api/slates/${slateId}/entries`, file),
    onSuccess: () => { setRunId(null); },
  });
  const swap = useMutation({
    mutationFn: ({ uploadId, projections }: { uploadId: number; projections: number }) =>
      ask(api.POST("/api/runs/late-swap", { body: { slate_id: slateId, upload_id: uploadId, projection_set_id: projections, rules: { min_unique: Number(unique), max_exposure: Number(exposure) / 100 }, started } })),
    onSuccess: (made) => { setRunId(made.id); },
  });
  if (sets.isPending) return <Loading />;
  if (sets.isError) return <Failure error={sets.error} retry={() => void sets.refetch()} />;
  if (setId == null) return <Card><Empty title="Nothing to swap on yet">Simulate the slate or upload your own projections first.</Empty></Card>;
  const file = upload.data;
  const busy = swap.isPending || (runId != null && (run == null || !isOver(run)));
  const done = swapped(run);
  const names = new Map(pool.data?.players.map((p) => [p.draftable_id, p.name]));
  const closed = new Set(pool.data?.players.filter((p) => p.team_id != null && started.includes(p.team_id)).map((p) => p.draftable_id));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <Card title="Late swap" note="Started players stay, the others are exchanged" className="lg:sticky lg:top-20">
        <div className="space-y-4">
          <FileButton label="Entries file" accept=".csv,text/csv" className="w-full" busy={upload.isPending} onPick={(picked) => { upload.mutate(picked); }}>Entries file from the site</FileButton>
          {upload.isError && <Problems error={upload.error} />}
          <SelectField label="Projections" value={setId} onChange={(e) => { setChosen(Number(e.target.value)); }}>
            {sets.data.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
          </SelectField>
          <div className="grid grid-cols-2 gap-3">
            <TextField label="Unique players" type="number" min={1} required value={unique} onChange={(e) => { setUnique(e.target.value); }} hint="Between entries" />
            <TextField label="Max exposure, %" type="number" min={1} max={100} required value={exposure} onChange={(e) => { setExposure(e.target.value); }} />
          </div>
          <SetPicker label="Started" none="as the slate and the file say" options={games} chosen={begun} onChange={setBegun} />
          <Button kind="primary" className="w-full" busy={busy} disabled={file == null} onClick={() => { if (file) swap.mutate({ uploadId: file.upload_id, projections: setId }); }}>Swap the entries</Button>
          {swap.isError && <Problems error={swap.error} />}
          <WorkState work={run} waiting="waiting for the optimizer" onCancel={cancelRun} />
          {done && (
            <Notice tone="good">
              {count(done.swapped)} swapped, {count(done.same + done.kept + done.finished + done.unknown)} as they were.{" "}
              <a href={`/api/entries/${done.upload_id}/entries.csv`} download className="font-semibold underline">Download the file</a>
            </Notice>
          )}
        </div>
      </Card>
      {file ? <Entries file={locked(file, closed)} done={done} names={names} /> : (
        <Card><Empty title="No entries yet">Download your entries from the site’s upload page and choose the file here: who has started is shown as locked, and every cell that does not change stays as the site wrote it.</Empty></Card>
      )}
    </div>
  );
}

/** The file with those locked, too, whose game the user says has started. */
function locked(file: Schemas["EntriesRead"], closed: ReadonlySet<number>): Schemas["EntriesRead"] {
  const entries = file.entries.map((e) => ({ ...e, places: e.places.map((p) => ({ ...p, is_locked: p.is_locked || (p.draftable_id != null && closed.has(p.draftable_id)) })) }));
  const places = entries.flatMap((e) => e.places);
  return { ...file, entries, places_locked: places.filter((p) => p.is_locked).length, finished: entries.filter((e) => e.places.every((p) => p.is_locked)).length };
}

function Entries({ file, done, names }: { file: Schemas["EntriesRead"]; done: Swapped | null; names: ReadonlyMap<number, string> }) {
  const outcomes = new Map(done?.entries.map((e) => [e.entry_id, e]));
  const columns: Column<Entry>[] = [
    { key: "entry", header: "Entry", value: (e) => e.entry_id },
    { key: "contest", header: "Contest", value: (e) => e.contest_name, from: "md" },
    { key: "players", header: "Players", value: (e) => e.places.map((p) => p.name).join(" "), cell: (e) => <Players entry={e} after={outcomes.get(e.entry_id)?.draftable_ids} names={names} /> },
    { key: "outcome", header: "", value: (e) => outcome(e, outcomes), cell: (e) => <Badge tone={outcome(e, outcomes) === "swapped" ? "good" : "plain"}>{WORDS[outcome(e, outcomes)] ?? `${e.places.filter((p) => p.is_locked).length} locked`}</Badge> },
  ];
  return (
    <Card
      title={`${count(file.entries.length)} entries`}
      note={`${count(file.places_locked)} places locked, ${count(file.finished)} entries finished${file.unknown > 0 ? `, ${count(file.unknown)} hold somebody who is not on this slate` : ""}`}
      actions={done && <a href={`/api/entries/${done.upload_id}/entries.csv`} download className={buttonClass("primary")}><Download aria-hidden className="size-4" /> Download</a>}
      flush
    >
      <DataTable rows={file.entries} columns={columns} rowKey={(e) => e.entry_id} sort={{ key: "entry", descending: false }} caption="The entries, with who is locked" />
    </Card>
  );
}

const outcome = (entry: Entry, told: ReadonlyMap<string, { outcome: string }>): string => (entry.is_known ? (told.get(entry.entry_id)?.outcome ?? "") : "unknown");

function Players({ entry, after, names }: { entry: Entry; after: (number | null)[] | undefined; names: ReadonlyMap<number, string> }) {
  return (
    <ul className="flex flex-wrap gap-1.5 py-1">
      {entry.places.map((place, i) => {
        const next = after?.[i];
        const isStranger = place.name != null && place.draftable_id == null;
        const changed = next != null && next !== place.draftable_id;
        return (
          <li key={i} className={changed ? "rounded-md bg-good-soft px-1.5 py-0.5 text-xs text-good" : isStranger ? "rounded-md bg-warn-soft px-1.5 py-0.5 text-xs text-warn" : place.is_locked ? "rounded-md bg-raised px-1.5 py-0.5 text-xs text-faint" : "rounded-md px-1.5 py-0.5 text-xs"}>
            <span className="text-faint">{place.slot}</span> {changed ? (names.get(next) ?? next) : (place.name ?? "empty")}{place.is_locked && <span className="sr-only"> locked</span>}{isStranger && ": not on this slate"}
          </li>
        );
      })}
    </ul>
  );
}
