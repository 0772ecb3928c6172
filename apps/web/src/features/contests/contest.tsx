import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type SubmitEvent } from "react";
import { api, ask } from "@/api/client";
import { contestOffersQuery, contestRunsQuery } from "@/api/contests";
import { cancelRun, useRun } from "@/api/runs";
import { lineupSetsQuery } from "@/api/slates";
import { filled, OFFER_START, OfferFields, offerOf, type OfferForm } from "@/components/contest/offer-fields";
import { Results } from "@/components/contest/results";
import { WorkState } from "@/components/work/work-state";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SelectField, TextField } from "@/components/ui/field";
import { Problems } from "@/components/ui/problems";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { outcomeOf } from "@/lib/outcome";
import { isOver } from "@/lib/work";
import { PayoutFile } from "./payout-file";

interface Form extends OfferForm {
  worlds: string;
}

const START: Form = { ...OFFER_START, worlds: "10000" };

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
  const offer = offerOf(form);
  const start = useMutation({
    mutationFn: ({ setId, played }: { setId: number; played: Exclude<typeof offer, string> }) =>
      ask(api.POST("/api/runs/simulate-contest", {
        body: { lineup_set_id: setId, worlds: Number(form.worlds), ticket_value: Number(form.ticketPercent) / 100, offer: played },
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
  const outcome = outcomeOf(run) ?? (runId == null ? past.data.map((r) => outcomeOf(r)).find((o) => o != null) : null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typeof offer !== "string") start.mutate({ setId, played: offer });
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <Card title="Contest" note="What it costs and what it pays" className="lg:sticky lg:top-20">
        <form onSubmit={submit} className="space-y-4">
          <SelectField label="Lineups" value={setId} onChange={(e) => { setChosen(Number(e.target.value)); }}>
            {sets.data.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
          </SelectField>
          <PayoutFile onRead={(told) => { change(filled(told)); }} />
          <OfferFields form={form} offers={offers.data} onChange={change} />
          <TextField label="Worlds" type="number" min={100} max={100000} required value={form.worlds} onChange={(e) => { change({ worlds: e.target.value }); }} hint="More worlds narrow the intervals" />
          <Button type="submit" kind="primary" className="w-full" busy={busy}>Play the contest</Button>
          {start.isError && <Problems error={start.error} />}
          <WorkState work={run} waiting="waiting for the simulation" onCancel={cancelRun} />
        </form>
      </Card>
      {outcome ? <Results outcome={outcome} /> : (
        <Card><Empty title="Nothing played yet">Every world of the slate is played against a field that drafts as people do; each lineup’s chances and all of them together appear here.</Empty></Card>
      )}
    </div>
  );
}
