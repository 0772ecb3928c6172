import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Dices, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { api, ask, sendFile, type Schemas } from "@/api/client";
import { cancelRun, useRun } from "@/api/runs";
import { projectionSetsQuery } from "@/api/slates";
import { WorkState } from "@/components/work/work-state";
import { Button } from "@/components/ui/button";
import { Problems } from "@/components/ui/problems";
import { Notice } from "@/components/ui/state";
import { ColumnMapping, columnsOf, lacksColumns } from "./column-mapping";
import { count } from "@/lib/format";
import { isOver } from "@/lib/work";

/** What each step does, while it has not said so itself. */
const STEPS: Record<string, string> = {
  build: "Features of past games",
  train: "Training models",
  build_slate: "Features of the slate",
  predict: "Predicting every market",
  simulate: "Simulating the games",
};

interface Props {
  slateId: number;
  chosen: number | null;
  onChoose: (setId: number) => void;
}

/** Which projections to look at: ours or the user's own; new ones are made or uploaded here. */
export function ProjectionSets({ slateId, chosen, onChoose }: Props) {
  const sets = useQuery(projectionSetsQuery(slateId));
  const bare = sets.data?.find((set) => set.id === chosen && set.is_mine && set.worlds == null);
  return (
    <div className="flex flex-wrap items-start gap-3">
      {sets.data && sets.data.length > 0 && (
        <label className="flex items-center gap-2 text-sm">
          <span className="text-muted">Projections</span>
          <select value={chosen ?? ""} onChange={(e) => { onChoose(Number(e.target.value)); }} className="h-10 max-w-64 rounded-lg border border-line bg-surface px-2 text-sm">
            {sets.data.map((set) => (
              <option key={set.id} value={set.id}>
                {set.name}
              </option>
            ))}
          </select>
        </label>
      )}
      <Project slateId={slateId} isFirst={chosen == null} onDone={onChoose} />
      {bare && <SimulateOwn key={bare.id} slateId={slateId} setId={bare.id} onDone={onChoose} />}
      <UploadOwn slateId={slateId} onDone={onChoose} />
    </div>
  );
}

/** From the facts as they stand to projections, step by step, each shown; going away does not stop it. */
function Project({ slateId, isFirst, onDone }: { slateId: number; isFirst: boolean; onDone: (setId: number) => void }) {
  const [runId, setRunId] = useState<number | null>(null);
  const [seen, setSeen] = useState<number | null>(null);
  const run = useRun(runId);
  const start = useMutation({
    mutationFn: () => ask(api.POST("/api/runs/project", { body: { slate_id: slateId } })),
    onSuccess: (made) => { setRunId(made.id); },
  });
  const over = run != null && isOver(run);
  if (over && run.status === "succeeded" && seen !== run.id) {
    setSeen(run.id);
    const setId = run.result?.["projection_set_id"];
    if (typeof setId === "number") onDone(setId);
  }
  return (
    <div className="w-72 max-w-full space-y-2">
      <Button kind={isFirst ? "primary" : "plain"} busy={start.isPending || (runId != null && !over)} onClick={() => { start.mutate(); }}>
        <Dices aria-hidden className="size-4" /> {isFirst ? "Make projections" : "Update projections"}
      </Button>
      <WorkState work={run} waiting={run ? STEPS[run.job] ?? run.job : ""} stopped="The projections were stopped." onCancel={cancelRun} />
      {start.isError && <Problems error={start.error} />}
    </div>
  );
}

/** Draw worlds around projections that the user uploaded, for any sport; what they say becomes a set of its own. */
function SimulateOwn({ slateId, setId, onDone }: { slateId: number; setId: number; onDone: (setId: number) => void }) {
  const [runId, setRunId] = useState<number | null>(null);
  const [seen, setSeen] = useState<number | null>(null);
  const run = useRun(runId);
  const start = useMutation({
    mutationFn: () => ask(api.POST("/api/runs/simulate", { body: { slate_id: slateId, projection_set_id: setId, worlds: 10000, seed: 1 } })),
    onSuccess: (made) => { setRunId(made.id); },
  });
  const over = run != null && isOver(run);
  if (over && run.status === "succeeded" && seen !== run.id) {
    setSeen(run.id);
    const made = run.result?.["projection_set_id"];
    if (typeof made === "number") onDone(made);
  }
  return (
    <div className="w-72 max-w-full space-y-2">
      <Button kind="plain" busy={start.isPending || (runId != null && !over)} onClick={() => { start.mutate(); }}>
        <Dices aria-hidden className="size-4" /> Simulate around them
      </Button>
      <WorkState work={run} waiting="waiting for the simulation" stopped="The simulation was stopped." onCancel={cancelRun} />
      {start.isError && <Problems error={start.error} />}
    </div>
  );
}

function UploadOwn({ slateId, onDone }: { slateId: number; onDone: (setId: number) => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const cache = useQueryClient();
  const [unread, setUnread] = useState<{ file: File; columns: string[] } | null>(null);
  const askColumns = async (file: File) => { setUnread({ file, columns: columnsOf(await file.slice(0, 20_000).text()) }); };
  const send = useMutation({
    mutationFn: ({ file, mapping }: { file: File; mapping?: Record<string, string> }) =>
      sendFile<Schemas["ProjectionUploadRead"]>(`/api/slates/${slateId}/projections`, file, {
        name: file.name,
        ...(mapping && { mapping: JSON.stringify(mapping) }),
      }),
    onError: async (error, { file }) => {
      if (lacksColumns(error)) await askColumns(file);
    },
    onSuccess: (answer) => {
      setUnread(null);
      void cache.invalidateQueries({ queryKey: ["slates", slateId] });
      onDone(answer.projection_set.id);
    },
  });
  return (
    <div className="min-w-0 space-y-2">
      <input
        ref={picker}
        type="file"
        accept=".csv,text/csv"
        className="sr-only"
        aria-label="Own projections"
        onChange={(e) => {
          const file = e.target.files?.[0];
          e.target.value = "";
          setUnread(null);
          if (file) send.mutate({ file });
        }}
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button busy={send.isPending} onClick={() => picker.current?.click()}>
          <Upload aria-hidden className="size-4" /> Upload your own
        </Button>
        <a href={`/api/slates/${slateId}/projections/template.csv`} className="text-xs text-muted underline hover:text-ink">
          template
        </a>
      </div>
      {send.isError && <div className="max-w-xl"><Problems error={send.error} /></div>}
      {unread && !send.isPending && (
        <ColumnMapping columns={unread.columns} busy={send.isPending} onChoose={(mapping) => { send.mutate({ file: unread.file, mapping }); }} />
      )}
      {send.isSuccess && send.data.notes.length > 0 && <Notice>{send.data.notes.join("; ")}.</Notice>}
      {send.isSuccess && send.data.unmatched.length > 0 && <LeftOut rows={send.data.unmatched} />}
      {send.isSuccess && (
        <Notice tone="good">
          {send.data.rows - send.data.unmatched.length} projections taken, points from the column “{send.data.header["points"]}”{send.data.with_quantiles > 0 ? `, ${send.data.with_quantiles} with quantiles` : send.data.with_sd > 0 ? `, ${send.data.with_sd} with a spread` : ""}{send.data.unprojected > 0 && `; ${send.data.unprojected} players of the slate have none`}.{" "}
          {!unread && <button type="button" className="underline" onClick={() => { void askColumns(send.variables.file); }}>Read other columns</button>}
        </Notice>
      )}
    </div>
  );
}

/** Rows of a file that were not taken, each with its place in it. */
function LeftOut({ rows }: { rows: Schemas["UnmatchedRead"][] }) {
  return (
    <Notice>
      <p className="font-medium">{count(rows.length)} {rows.length === 1 ? "row was" : "rows were"} left out: nobody of this slate, or several, are called so</p>
      <ul aria-label="Left out" className="mt-2 max-h-40 list-disc space-y-1 overflow-y-auto pl-5">
        {rows.map((one) => <li key={one.row}><b>Row {one.row}</b>: {one.name}</li>)}
      </ul>
    </Notice>
  );
}
