import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type SubmitEvent } from "react";
import { api, ApiError, ask, type Schemas } from "@/api/client";
import { cancelRun, useRun, type Run } from "@/api/runs";
import { poolQuery, projectionSetsQuery, slateQuery, sportsQuery } from "@/api/slates";
import { OFFER_START, offerOf } from "@/components/contest/offer-fields";
import { Results } from "@/components/contest/results";
import { WorkState } from "@/components/work/work-state";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SelectField, TextField, Toggle } from "@/components/ui/field";
import { Problems } from "@/components/ui/problems";
import { Empty, Failure, Loading, Notice } from "@/components/ui/state";
import { outcomeOf } from "@/lib/outcome";
import { isOver } from "@/lib/work";
import { Aim, type AimForm } from "./aim";
import { MoreRules } from "./more-rules";
import { choices } from "./people";
import { PlayerRules } from "./player-rules";
import { asRequest, faultsByRow, fitting, START, type Request, type Rules } from "./request";

function rosterNote(contest: Schemas["ContestRead"]): string {
  const cap = contest.salary_cap_usd == null ? "" : ` under $${contest.salary_cap_usd.toLocaleString("en-US")}`;
  const doubt = contest.confidence === "low" || contest.confidence === "unknown" ? "; the rules of this format are not confirmed" : "";
  return `${String(contest.roster_size)} players${cap}${doubt}`;
}

/** As many as the rules allow; what is more than the site takes in a file is downloaded in several. */
const MOST_LINEUPS = 10_000;

/** A number as its field shows it: nothing while it is cleared. */
const shown = (value: number): number | "" => (Number.isNaN(value) ? "" : value);

/** State the rules, watch the lineups being built, go to them. */
export function Optimizer({ slateId }: { slateId: number }) {
  const slate = useQuery(slateQuery(slateId));
  const sets = useQuery(projectionSetsQuery(slateId));
  const sports = useQuery(sportsQuery);
  const [chosen, setChosen] = useState<number | null>(null);
  const [form, setRules] = useState(START);
  const [aim, setAim] = useState<AimForm>({ ...OFFER_START, of: "points", quantile: "80", column: "", candidates: "1000" });
  const [runId, setRunId] = useState<number | null>(null);
  const run = useRun(runId);
  const setId = chosen ?? sets.data?.[0]?.id ?? null;
  const pool = useQuery({ ...poolQuery(slateId, setId), enabled: setId != null });
  const build = useMutation({
    mutationFn: ({ projectionSetId, request }: { projectionSetId: number; request: Request }) => {
      const asked = { slate_id: slateId, projection_set_id: projectionSetId, rules: request.rules };
      const offer = offerOf(aim);
      if (aim.of !== "contest") {
        const rules = aim.of === "points" ? request.rules : { ...request.rules, worlds_per_lineup: null };
        const quantile = aim.of === "quantile" ? Number(aim.quantile) / 100 : null;
        return ask(api.POST("/api/runs/optimize", { body: { ...asked, rules, quantile, column: aim.of === "column" ? aim.column : null } }));
      }
      if (typeof offer === "string") throw new Error(offer);
      return ask(api.POST("/api/runs/portfolio", { body: { ...asked, offer, candidates: Number(aim.candidates), ticket_value: Number(aim.ticketPercent) / 100 } }));
    },
    onSuccess: (made) => { setRunId(made.id); },
  });
  if (slate.isPending || sets.isPending || sports.isPending) return <Loading />;
  const failed = slate.error ?? sets.error ?? sports.error;
  if (failed || !slate.data || !sets.data || !sports.data) return <Failure error={failed} />;
  if (setId == null) {
    return <Card><Empty title="Nothing to optimize yet" action={<Link to="/slates/$slateId" params={{ slateId: String(slateId) }} className={buttonClass("primary")}>Go to the players</Link>}>Simulate the slate or upload your own projections first.</Empty></Card>;
  }
  const sport = sports.data.find((s) => s.code === slate.data.sport);
  const contest = sport?.contests.find((c) => c.key === slate.data.contest);
  const rules = fitting(form, sport?.stacks ?? []);
  const told = sets.data.find((s) => s.id === setId);
  const named = choices(pool.data?.players ?? [], contest?.slots ?? [], told?.stats ?? []);
  const refused = build.error instanceof ApiError ? build.error.problems : (run?.error?.problems ?? []);
  const busy = build.isPending || (runId != null && (run == null || !isOver(run)));
  const change = (part: Partial<Rules>) => { setRules((old) => ({ ...old, ...part })); };
  const played = outcomeOf(run);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    build.mutate({ projectionSetId: setId, request: asRequest(rules, named.people) });
  };
  return (
    <form onSubmit={submit} className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <Card title="Rules" note={contest && rosterNote(contest)} className="lg:sticky lg:top-20">
        <div className="space-y-4">
          <SelectField label="Projections" value={setId} onChange={(e) => { setChosen(Number(e.target.value)); }}>
            {sets.data.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
          </SelectField>
          <Aim slateId={slateId} form={aim} columns={told?.columns ?? []} worlds={rules.worlds} seed={rules.seed} onChange={(part) => { setAim((old) => ({ ...old, ...part })); }} onWorlds={change} />
          <div className="grid grid-cols-2 gap-3">
            <TextField label="Lineups" type="number" min={1} max={MOST_LINEUPS} required value={shown(rules.lineups)} onChange={(e) => { change({ lineups: e.target.valueAsNumber }); }} />
            <TextField label="Max exposure, %" type="number" min={1} max={100} required value={shown(rules.maxExposure)} onChange={(e) => { change({ maxExposure: e.target.valueAsNumber }); }} />
          </div>
          <SelectField label="Stack" value={rules.stack} onChange={(e) => { change({ stack: e.target.value }); }} hint="Players whose points rise together">
            <option value="">No stack</option>
            {sport?.stacks.map((s) => <option key={s.key} value={s.key}>{s.title}</option>)}
          </SelectField>
          <div className="grid grid-cols-2 gap-3">
            <TextField label="Unique players" type="number" min={1} max={contest?.roster_size ?? 9} required value={shown(rules.minUnique)} onChange={(e) => { change({ minUnique: e.target.valueAsNumber }); }} hint="Between any two lineups" />
            <TextField label="Max from a team" type="number" min={1} max={contest?.roster_size ?? 9} placeholder="site's rule" value={rules.maxPerTeam} onChange={(e) => { change({ maxPerTeam: e.target.value }); }} />
          </div>
          <TextField label="Least salary spent, $" type="number" min={0} step={100} max={contest?.salary_cap_usd ?? undefined} placeholder="none" value={rules.minSalary} onChange={(e) => { change({ minSalary: e.target.value }); }} />
          <Toggle label="No defence against my own offence" checked={rules.spareOwnDefence} onChange={(e) => { change({ spareOwnDefence: e.target.checked }); }} />
          <Button type="submit" kind="primary" className="w-full" busy={busy}>Build lineups</Button>
          {build.isError && <Problems error={build.error} />}
          {run && <Ending run={run} />}
        </div>
      </Card>
      <div className="min-w-0 space-y-5">
        {played && <Results outcome={played} />}
        <MoreRules rules={rules} choices={named} faults={faultsByRow(refused, build.variables?.request.sources ?? [])} onChange={change} />
        <Card title="Players" note="Lock a player into every lineup, or leave him out of all" flush>
          {pool.isPending ? <Loading /> : pool.isError ? <Failure error={pool.error} /> : (
            <PlayerRules players={pool.data.players} locked={rules.locked} excluded={rules.excluded} onChange={change} />
          )}
        </Card>
      </div>
    </form>
  );
}

/** Why a set holds fewer lineups than were asked for; null where it holds them all. */
function stoppedBy(run: Run): string | null {
  const stopped = run.result?.["stopped"];
  if (typeof stopped !== "object" || stopped === null || !("message" in stopped)) return null;
  return typeof stopped.message === "string" ? `${stopped.message}.` : null;
}

function Ending({ run }: { run: Run }) {
  if (run.status !== "succeeded" || !isOver(run)) return <WorkState work={run} waiting="waiting for the optimizer" onCancel={cancelRun} />;
  const setId = run.result?.["lineup_set_id"];
  const stopped = stoppedBy(run);
  return (
    <Notice tone={stopped == null ? "good" : "warn"}>
      {stopped ?? "Done."}{" "}
      {typeof setId === "number" && <Link to="/lineups/$setId" params={{ setId: String(setId) }} className="font-semibold underline">See the lineups</Link>}
    </Notice>
  );
}
