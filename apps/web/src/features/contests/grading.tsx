import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { api, ask, sendFile, type Schemas } from "@/api/client";
import { contestOffersQuery, contestRunsQuery } from "@/api/contests";
import { cancelRun, useRun } from "@/api/runs";
import { lineupSetsQuery, projectionSetsQuery } from "@/api/slates";
import { filled, OFFER_START, OfferFields, offerOf } from "@/components/contest/offer-fields";
import { WorkState } from "@/components/work/work-state";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SelectField, TextField } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { Problems } from "@/components/ui/problems";
import { Empty, Failure, Loading, Notice } from "@/components/ui/state";
import { count } from "@/lib/format";
import { isOver } from "@/lib/work";
import { gradeOf } from "./grade";
import { Grades } from "./grades";
import { PayoutFile } from "./payout-file";

/** Bring a finished contest's standings and see how projections, field model and lineups did. */
export function Grading({ slateId }: { slateId: number }) {
  const sets = useQuery(projectionSetsQuery(slateId));
  const built = useQuery(lineupSetsQuery(slateId));
  const offers = useQuery(contestOffersQuery(slateId));
  const past = useQuery(contestRunsQuery(slateId));
  const [chosen, setChosen] = useState<number | null>(null);
  const [lineups, setLineups] = useState<number | null>(null);
  const [user, setUser] = useState("");
  const [money, setMoney] = useState(OFFER_START);
  const [isPaid, setIsPaid] = useState(false);
  const [runId, setRunId] = useState<number | null>(null);
  const run = useRun(runId);
  const upload = useMutation({
    mutationFn: (file: File) => sendFile<Schemas["StandingsRead"]>(`/api/slates/${slateId}/standings`, file),
    onSuccess: () => { setRunId(null); },
  });
  const offer = isPaid ? offerOf(money) : null;
  const start = useMutation({
    mutationFn: (body: Schemas["GradeCreate"]) => ask(api.POST("/api/runs/grade", { body })),
    onSuccess: (made) => { setRunId(made.id); },
  });
  if (sets.isPending || built.isPending || offers.isPending || past.isPending) return <Loading />;
  const failed = sets.error ?? built.error ?? offers.error ?? past.error;
  if (failed || !sets.data || !built.data || !offers.data || !past.data) return <Failure error={failed} />;
  const setId = chosen ?? sets.data[0]?.id ?? null;
  if (setId == null) return <Card><Empty title="Nothing to grade yet">Simulate the slate or upload your own projections first: a finished contest then says how good they were.</Empty></Card>;
  const file = upload.data;
  const busy = start.isPending || (runId != null && (run == null || !isOver(run)));
  const grade = gradeOf(run) ?? (runId == null ? past.data.map((r) => gradeOf(r)).find((g) => g != null) : null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (file == null || typeof offer === "string") return;
    start.mutate({ slate_id: slateId, upload_id: file.upload_id, projection_set_id: setId, lineup_set_id: lineups, user: user.trim() === "" ? null : user.trim(), offer });
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <Card title="Grade" note="By a finished contest’s standings" className="lg:sticky lg:top-20">
        <form onSubmit={submit} className="space-y-4">
          <FileButton label="Standings" accept=".csv,.zip,text/csv,application/zip" className="w-full" busy={upload.isPending} onPick={(picked) => { upload.mutate(picked); }}>Standings from the site</FileButton>
          {upload.isError && <Problems error={upload.error} />}
          {file && <Notice tone="good">{file.filename}: {count(file.entries)} entries of {count(file.users)} users{file.is_final ? "" : ", not final"}</Notice>}
          <SelectField label="Projections" value={setId} onChange={(e) => { setChosen(Number(e.target.value)); }}>
            {sets.data.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
          </SelectField>
          <SelectField label="Lineups" value={lineups ?? ""} hint="Graded whether they were entered or not" onChange={(e) => { setLineups(e.target.value === "" ? null : Number(e.target.value)); }}>
            <option value="">None</option>
            {built.data.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
          </SelectField>
          <TextField label="Your name on the site" maxLength={100} value={user} hint="As the standings have it; leave empty to grade no entries" onChange={(e) => { setUser(e.target.value); }} />
          <SelectField label="Money" value={isPaid ? "paid" : ""} onChange={(e) => { setIsPaid(e.target.value !== ""); }}>
            <option value="">Do not count it</option>
            <option value="paid">State what the contest paid</option>
          </SelectField>
          {isPaid && (
            <>
              <PayoutFile onRead={(told) => { setMoney({ ...money, ...filled(told) }); }} />
              <OfferFields form={money} offers={offers.data} onChange={(part) => { setMoney((old) => ({ ...old, ...part })); }} />
            </>
          )}
          <Button type="submit" kind="primary" className="w-full" busy={busy} disabled={file == null}>Grade</Button>
          {start.isError && <Problems error={start.error} />}
          <WorkState work={run} waiting="waiting for the simulation" onCancel={cancelRun} />
        </form>
      </Card>
      {grade ? <Grades grade={grade} /> : (
        <Card><Empty title="Nothing graded yet">Export the standings from the contest’s page on the site once it is over, and choose the file here: what the projections expected, how the field was predicted and how your lineups did appear beside what happened.</Empty></Card>
      )}
    </div>
  );
}
