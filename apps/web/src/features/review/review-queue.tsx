import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { api, ask } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Empty, Failure, Loading } from "@/components/ui/state";
import { ago, percent, team, words } from "@/lib/format";

type Item = Schemas["ReviewRead"];

const reviewQuery = queryOptions({ queryKey: ["review"], queryFn: () => ask(api.GET("/api/review", { params: { query: { limit: 200 } } })) });

/** Names of sources that nobody could be matched to; one decision heals the past. */
export function ReviewQueue() {
  const queue = useQuery(reviewQuery);
  return (
    <div className="space-y-6">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">Review</h1>
        <p className="mt-1 text-sm text-muted">Names that sources use and that we could not match with enough certainty. Say who is meant: what was left out comes back.</p>
      </div>
      {queue.isPending ? (
        <Loading />
      ) : queue.isError ? (
        <Failure error={queue.error} retry={() => void queue.refetch()} />
      ) : queue.data.items.length === 0 ? (
        <Card><Empty title="Nobody waits for review">Every name that came was matched.</Empty></Card>
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
    mutationFn: (playerId: number | null) => ask(api.POST("/api/review/{item_id}", { params: { path: { item_id: item.id } }, body: { player_id: playerId } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: reviewQuery.queryKey }),
  });
  return (
    <Card>
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <p><b className="font-medium">{item.name}</b> <span className="text-sm text-muted">{[item.position, team(item.team)].filter(Boolean).join(", ")}</span></p>
        <p className="text-xs text-faint">{words(item.source)} · {item.sport.toUpperCase()} · met {item.seen} times, last {ago(item.last_seen_at)}</p>
      </div>
      <div className="mt-3 flex flex-wrap gap-2">
        {item.candidates.map((one) => (
          <Button key={one.player_id} disabled={decide.isPending} onClick={() => { decide.mutate(one.player_id); }}>
            {words(one.name)} {[one.position, team(one.team)].filter(Boolean).join(", ")} · {percent(Math.min(one.score, 1))}
          </Button>
        ))}
        <Button kind="quiet" disabled={decide.isPending} onClick={() => { decide.mutate(null); }}>None of ours</Button>
      </div>
      <Other item={item} choose={(id) => { decide.mutate(id); }} />
      {decide.isError && <p role="alert" className="mt-2 text-sm text-bad">{decide.error.message}</p>}
    </Card>
  );
}

/** Find somebody who is not among the likely ones. */
function Other({ item, choose }: { item: Item; choose: (playerId: number) => void }) {
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["review-players", item.sport, text],
    queryFn: () => ask(api.GET("/api/review/players", { params: { query: { sport: item.sport, text } } })),
    enabled: text.trim().length > 1,
  });
  return (
    <div className="mt-3 text-sm">
      <label className="flex items-center gap-2 text-muted">
        Somebody else
        <input value={text} onChange={(event) => { setText(event.target.value); }} placeholder="Part of a name" className="rounded-lg border border-line bg-surface px-2.5 py-1.5 text-ink" />
      </label>
      {found.data && (
        <ul className="mt-2 flex flex-wrap gap-2">
          {found.data.map((one) => (
            <li key={one.id}><Button onClick={() => { choose(one.id); }}>{one.name} {[one.position, team(one.team)].filter(Boolean).join(", ")}</Button></li>
          ))}
        </ul>
      )}
    </div>
  );
}
