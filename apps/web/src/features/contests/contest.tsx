import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { useRef, useState, type SubmitEvent } from "react";
import { api, ask, sendFile, type Schemas } from "@/api/client";
import { contestOffersQuery, contestRunsQuery } from "@/api/contests";
import { cancelRun, isOver, useRun } from "@/api/runs";
import { lineupSetsQuery } from "@/api/slates";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SelectField, TextArea, TextField } from "@/components/ui/field";
import { Problems } from "@/components/ui/problems";
import { Progress } from "@/components/ui/progress";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { outcomeOf } from "./outcome";
import { parsed, written } from "./prizes";
import { Results } from "./results";

interface Form {
  name: string;
  fee: string;
  entries: string;
  most: string;
  prizes: string;
  worlds: string;
  ticketPercent: string;
}

const START: Form = { name: "My contest", fee: "5", entries: "1000", most: "", prizes: "1: 500\n2-10: 50\n11-200: 10", worlds: "10000", ticketPercent: "100" };

function filled(offer: Schemas["OfferRead"]): Partial<Form> {
  return {
    name: offer.name ?? "Contest",
    ...(offer.fee_usd != null && { fee: String(offer.fee_usd) }),
    ...(offer.entries != null && { entries: String(offer.entries) }),
    most: offer.entries_max_per_user == null ? "" : String(offer.entries_max_per_user),
    prizes: written(offer.prizes),
  };
}

/** Enter a lineup set into a contest: state its money, watch it being played, see what the lineups may win. */
export function Contest({ slateId }: { slateId: number }) {
  const sets = useQuery(lineupSetsQuery(slateId));
  const offers = useQuery(contestOffersQuery(slateId));
  const past = useQuery(contestRunsQuery(slateId));
  const [chosen, setChosen] = useState<number | null>(null);
  const [form, setForm] = useState(START);
  const [runId, setRunId] = useState<number | null>(null);
  const run = useRun(runId);
  const change = (part: Partial<Form>) => { setForm((old) => ({ ...old, ...part })); };
  const prizes = parsed(form.prizes);
  const start = useMutation({
    mutationFn: (setId: number) =>
      ask(api.POST("/api/runs/simulate-contest", {
        body: {
          lineup_set_id: setId,
          worlds: Number(form.worlds),
          ticket_value: Number(form.ticketPercent) / 100,
          offer: {
            name: form.name,
            fee_usd: Number(form.fee),
            entries: Number(form.entries),
            entries_max_per_user: form.most === "" ? null : Number(form.most),
            prizes: typeof prizes === "string" ? [] : prizes,
          },
        },
      })),
    onSuccess: (made) => { setRunId(made.id); },
  });
  if (sets.isPending || offers.isPending || past.isPending) return <Loading />;
  const failed = sets.error ?? offers.error ?? past.error;
  if (failed || !sets.data || !offers.data || !past.data) return <Failure error={failed} />;
  const setId = chosen ?? sets.data[0]?.id ?? null;
  if (setId == null) {
    return <Card><Empty title="No lineups to enter yet" action={<Link to="/slates/$slateId/optimize" params={{ slateId: String(slateId) }} className={buttonClass("primary")}>Build some</Link>}>A contest is played with the lineups of one set.</Empty></Card>;
  }
  const busy = start.isPending || (runId != null && (run == null || !isOver(run)));
  const outcome = outcomeOf(run) ?? (runId == null ? past.data.map(outcomeOf).find((o) => o != null) : null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typeof prizes !== "string") start.mutate(setId);
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <Card title="Contest" note="What it costs and what it pays" className="lg:sticky lg:top-20">
        <form onSubmit={submit} className="space-y-4">
          <SelectField label="Lineups" value={setId} onChange={(e) => { setChosen(Number(e.target.value)); }}>
            {sets.data.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
          </SelectField>
          {offers.data.length > 0 && (
            <SelectField label="Contest of this slate" defaultValue="" onChange={(e) => { const o = offers.data.find((x) => x.id === Number(e.target.value)); if (o) change(filled(o)); }}>
              <option value="">Choose one to fill in</option>
              {offers.data.map((o) => <option key={o.id} value={o.id}>{o.name}</option>)}
            </SelectField>
          )}
          <PayoutFile onRead={(offer) => { change(filled(offer)); }} />
          <TextField label="Name" required maxLength={200} value={form.name} onChange={(e) => { change({ name: e.target.value }); }} />
          <div className="grid grid-cols-2 gap-3">
            <TextField label="Entry fee, $" type="number" min={0} step="any" required value={form.fee} onChange={(e) => { change({ fee: e.target.value }); }} />
            <TextField label="Entries" type="number" min={2} max={500000} required value={form.entries} onChange={(e) => { change({ entries: e.target.value }); }} />
          </div>
          <TextArea label="Prizes" rows={6} required value={form.prizes} error={typeof prizes === "string" ? prizes : undefined} hint="A line for each range of ranks, in dollars: 2-10: 25, or 11: 0 + ticket 5" onChange={(e) => { change({ prizes: e.target.value }); }} />
          <div className="grid grid-cols-2 gap-3">
            <TextField label="Most entries a user" type="number" min={1} placeholder="any" value={form.most} onChange={(e) => { change({ most: e.target.value }); }} />
            <TextField label="A ticket is worth, %" type="number" min={0} max={100} required value={form.ticketPercent} onChange={(e) => { change({ ticketPercent: e.target.value }); }} />
          </div>
          <TextField label="Worlds" type="number" min={100} max={100000} required value={form.worlds} onChange={(e) => { change({ worlds: e.target.value }); }} hint="More worlds narrow the intervals" />
          <Button type="submit" kind="primary" className="w-full" busy={busy}>Play the contest</Button>
          {start.isError && <Problems error={start.error} />}
          {run && !isOver(run) && (
            <div className="space-y-2">
              <Progress share={run.progress} label={run.message ?? "waiting for the simulation"} />
              <Button kind="quiet" className="h-8 px-2" onClick={() => void cancelRun(run.id)}>Cancel</Button>
            </div>
          )}
          {run && isOver(run) && run.status !== "succeeded" && <Problems error={run.error ?? { message: "Stopped. Nothing was saved." }} />}
        </form>
      </Card>
      {outcome ? <Results outcome={outcome} /> : (
        <Card><Empty title="Nothing played yet">Every world of the slate is played against a field that drafts as people do; each lineup’s chances and all of them together appear here.</Empty></Card>
      )}
    </div>
  );
}

function PayoutFile({ onRead }: { onRead: (offer: Schemas["OfferRead"]) => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const send = useMutation({ mutationFn: (file: File) => sendFile<Schemas["OfferRead"]>("/api/contests/payouts", file), onSuccess: onRead });
  return (
    <div className="space-y-2">
      <input
        ref={picker}
        type="file"
        accept=".csv,.json,text/csv,application/json"
        className="sr-only"
        aria-label="Payout table"
        onChange={(e) => {
          const file = e.target.files?.[0];
          e.target.value = "";
          if (file) send.mutate(file);
        }}
      />
      <Button busy={send.isPending} className="w-full" onClick={() => picker.current?.click()}>
        <Upload aria-hidden className="size-4" /> Payout table from a file
      </Button>
      {send.isError && <Problems error={send.error} />}
    </div>
  );
}
