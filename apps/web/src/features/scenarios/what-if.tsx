import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { api, ask, type Schemas } from "@/api/client";
import { cancelRun, useRun } from "@/api/runs";
import { poolQuery, slateQuery } from "@/api/slates";
import { WorkState } from "@/components/work/work-state";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SelectField, TextField } from "@/components/ui/field";
import { Problems } from "@/components/ui/problems";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { number, percent, signed } from "@/lib/format";
import { isOver } from "@/lib/work";
import { answerOf, type Answer } from "./answer";
import { assumptions } from "./assumptions";

interface Form {
  out: string;
  game: string;
  spread: string;
  total: string;
  wind: string;
}

const START: Form = { out: "", game: "", spread: "", total: "", wind: "" };
const value = (text: string): number | null => (text.trim() === "" ? null : Number(text));

function body(slateId: number, form: Form): Schemas["WhatIfCreate"] {
  const spread = value(form.spread);
  const total = value(form.total);
  const wind = value(form.wind);
  return {
    slate_id: slateId,
    out: form.out === "" ? [] : [Number(form.out)],
    lines: form.game !== "" && (spread != null || total != null) ? { [form.game]: [spread, total] } : {},
    wind_mph: form.game !== "" && wind != null ? { [form.game]: wind } : {},
    worlds: 10000,
    seed: 1,
  };
}

/** Change one assumption and see what it does to players and games: two simulations with the same luck. */
export function WhatIf({ slateId }: { slateId: number }) {
  const slate = useQuery(slateQuery(slateId));
  const pool = useQuery(poolQuery(slateId, null));
  const [form, setForm] = useState(START);
  const [runId, setRunId] = useState<number | null>(null);
  const run = useRun(runId);
  const change = (part: Partial<Form>) => { setForm((old) => ({ ...old, ...part })); };
  const start = useMutation({
    mutationFn: (asked: Schemas["WhatIfCreate"]) => ask(api.POST("/api/runs/what-if", { body: asked })),
    onSuccess: (made) => { setRunId(made.id); },
  });
  if (slate.isPending || pool.isPending) return <Loading />;
  const failed = slate.error ?? pool.error;
  if (failed || !slate.data || !pool.data) return <Failure error={failed} />;
  const asked = body(slateId, form);
  const nothing = assumptions(asked, pool.data.players, slate.data.game_list) === "";
  const busy = start.isPending || (runId != null && (run == null || !isOver(run)));
  const answer = answerOf(run);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    start.mutate(asked);
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <Card title="What if" note="Everything else stays as it is" className="lg:sticky lg:top-20">
        <form onSubmit={submit} className="space-y-4">
          <SelectField label="Who is out" value={form.out} onChange={(e) => { change({ out: e.target.value }); }}>
            <option value="">Nobody else</option>
            {pool.data.players.filter((p) => p.player_id != null).map((p) => <option key={p.draftable_id} value={p.draftable_id}>{`${p.name} (${p.position}, ${p.team ?? "no team"})`}</option>)}
          </SelectField>
          <SelectField label="Game" value={form.game} onChange={(e) => { change({ game: e.target.value }); }}>
            <option value="">Choose one to change its line or wind</option>
            {slate.data.game_list.map((g) => <option key={g.id} value={g.id}>{`${g.away.abbreviation} at ${g.home.abbreviation}`}</option>)}
          </SelectField>
          <div className="grid grid-cols-2 gap-3">
            <TextField label="Home wins by" type="number" step="any" min={-40} max={40} placeholder="as it is" disabled={form.game === ""} value={form.spread} onChange={(e) => { change({ spread: e.target.value }); }} />
            <TextField label="Total points" type="number" step="any" min={15} max={90} placeholder="as it is" disabled={form.game === ""} value={form.total} onChange={(e) => { change({ total: e.target.value }); }} />
          </div>
          <TextField label="Wind, mph" type="number" min={0} max={80} placeholder="as it is" disabled={form.game === ""} value={form.wind} onChange={(e) => { change({ wind: e.target.value }); }} hint="Takes passing yards, and points where no total is given" />
          <Button type="submit" kind="primary" className="w-full" busy={busy} disabled={nothing}>Compare</Button>
          {start.isError && <Problems error={start.error} />}
          <WorkState work={run} waiting="waiting for the simulation" stopped="Stopped. Nothing was changed." onCancel={cancelRun} />
        </form>
      </Card>
      {answer && start.variables ? (
        <Told answer={answer} games={slate.data.game_list} assumed={assumptions(start.variables, pool.data.players, slate.data.game_list)} />
      ) : (
        <Card><Empty title="Nothing compared yet">Both runs share their luck, so that the difference is the assumption’s alone.</Empty></Card>
      )}
    </div>
  );
}

function Told({ answer, games, assumed }: { answer: Answer; games: Schemas["SlateGameRead"][]; assumed: string }) {
  const named = new Map(games.map((g) => [g.id, g]));
  return (
    <div className="space-y-5">
      <Card title="Games" note={`Before → after, with ${assumed}`}>
        <ul className="space-y-1 text-sm">
          {answer.games.map((g) => {
            const game = named.get(g.game_id);
            return (
              <li key={g.game_id} className="tabular flex flex-wrap justify-between gap-x-4">
                <span className="font-medium">{game ? `${game.away.abbreviation} at ${game.home.abbreviation}` : g.game_id}</span>
                <span>
                  {number(g.before.away_score_mean)}–{number(g.before.home_score_mean)} → {number(g.after.away_score_mean)}–{number(g.after.home_score_mean)},
                  home wins {percent(g.before.prob_home_win)} → {percent(g.after.prob_home_win)}
                </span>
              </li>
            );
          })}
        </ul>
      </Card>
      <Card title="Players" note={`Expected points, ${answer.worlds.toLocaleString("en")} worlds`} flush>
        <table className="w-full text-sm">
          <thead className="text-left text-xs text-faint">
            <tr><th className="px-5 py-2 font-medium">Player</th><th className="px-3 py-2 text-right font-medium">Before</th><th className="px-3 py-2 text-right font-medium">After</th><th className="px-5 py-2 text-right font-medium">Change</th></tr>
          </thead>
          <tbody>
            {answer.players.slice(0, 60).map((p) => (
              <tr key={p.draftable_id} className="border-t border-line">
                <td className="px-5 py-2">{p.name}</td>
                <td className="tabular px-3 py-2 text-right">{number(p.before)}</td>
                <td className="tabular px-3 py-2 text-right">{number(p.after)}</td>
                <td className="tabular px-5 py-2 text-right font-semibold">{signed(p.change)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </div>
  );
}
