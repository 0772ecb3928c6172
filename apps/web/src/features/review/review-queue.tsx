import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { api, ask } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { ago, percent, team, when, words } from "@/lib/format";

type Item = Schemas["ReviewRead"];
type Choice = Schemas["ChoiceRead"];

const KINDS = { player: "Player", team: "Team", game: "Game", market: "Market" } as const;

const reviewQuery = queryOptions({ queryKey: ["review"], queryFn: () => ask(api.GET("/api/review", { params: { query: { limit: 200 } } })) });

/** What sources call players, teams, games and markets that could not be matched; one decision heals the past. */
export function ReviewQueue() {
  const queue = useQuery(reviewQuery);
  return (
    <div className="space-y-6">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">Review</h1>
        <p className="mt-1 text-sm text-muted">What sources call players, teams, games and markets that we could not match with enough certainty. Say what is meant: what was left out comes back.</p>
      </div>
      {queue.isPending ? (
        <Loading />
      ) : queue.isError ? (
        <Failure error={queue.error} retry={() => void queue.refetch()} />
      ) : queue.data.items.length === 0 ? (
        <Card><Empty title="Nothing waits for review">Everything that came was matched.</Empty></Card>
      ) : (
        <ul className="space-y-3">
          {queue.data.items.map((item) => (
            <li key={item.id}><Waiting item={item} /></li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Waiting({ item }: { item: Item }) {
  const cache = useQueryClient();
  const decide = useMutation({
    mutationFn: (target: string | null) => ask(api.POST("/api/review/{item_id}", { params: { path: { item_id: item.id } }, body: { target } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: reviewQuery.queryKey }),
  });
  return (
    <Card>
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <p><span className="mr-2 rounded border border-line px-1.5 py-0.5 text-xs text-muted">{KINDS[item.kind]}</span><b className="font-medium">{item.name}</b> <span className="text-sm text-muted">{[item.position, team(item.team)].filter(Boolean).join(", ")}</span></p>
        <p className="text-xs text-faint">{words(item.source)} · {item.sport.toUpperCase()} · met {item.seen} times, last {ago(item.last_seen_at)}</p>
      </div>
      <div className="mt-3 flex flex-wrap gap-2">
        {item.candidates.map((one) => (
          <Button key={one.target} disabled={decide.isPending} onClick={() => { decide.mutate(one.target); }}>
            {item.kind === "player" ? words(one.name) : one.name} {about(item, one)} · {percent(Math.min(one.score, 1))}
          </Button>
        ))}
        <Button kind="quiet" disabled={decide.isPending} onClick={() => { decide.mutate(null); }}>None of ours</Button>
      </div>
      <Other item={item} choose={(target) => { decide.mutate(target); }} />
      {decide.isError && <p role="alert" className="mt-2 text-sm text-bad">{decide.error.message}</p>}
    </Card>
  );
}

/** What tells a choice from others of its name. */
function about(item: Item, one: Choice) {
  if (item.kind === "game") return one.starts_at === null ? "" : when(one.starts_at);
  return item.kind === "player" ? [one.position, team(one.team)].filter(Boolean).join(", ") : "";
}

/** Find something that is not among the likely ones. */
function Other({ item, choose }: { item: Item; choose: (target: string) => void }) {
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["review-choices", item.sport, item.kind, text],
    queryFn: () => ask(api.GET("/api/review/choices", { params: { query: { sport: item.sport, kind: item.kind, text } } })),
    enabled: text.trim().length > 1,
  });
  return (
    <div className="mt-3 text-sm">
      <label className="flex items-center gap-2 text-muted">
        {item.kind === "player" ? "Somebody else" : `Another ${item.kind}`}
        <input value={text} onChange={(event) => { setText(event.target.value); }} placeholder="Part of a name" className="rounded-lg border border-line bg-surface px-2.5 py-1.5 text-ink" />
      </label>
      {found.data && (
        <ul className="mt-2 flex flex-wrap gap-2">
          {found.data.map((one) => (
            <li key={one.target}><Button onClick={() => { choose(one.target); }}>{one.name} {about(item, one)}</Button></li>
          ))}
        </ul>
      )}
    </div>
  );
}
