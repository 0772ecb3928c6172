import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { hasEnded } from "@/lib/work";
import { api, ask, type Schemas } from "./client";

export type Run = Schemas["RunRead"];

/** Follow a run, and those that follow it, as the server tells of them; at the end everything cached is read anew. */
export function useRun(runId: number | null): Run | null {
  const [followed, setFollowed] = useState<{ asked: number; run: Run } | null>(null);
  const cache = useQueryClient();
  useEffect(() => {
    if (runId == null) return;
    let source = follow(runId);
    function follow(id: number): EventSource {
      const stream = new EventSource(`/api/runs/${id}/events`);
      stream.addEventListener("run", (event: MessageEvent<string>) => {
        const run = JSON.parse(event.data) as Run;
        setFollowed({ asked: runId as number, run });
        if (!hasEnded(run)) return;
        stream.close();
        if (run.next_run_id != null) source = follow(run.next_run_id);
        else void cache.invalidateQueries();
      });
      return stream;
    }
    return () => {
      source.close();
    };
  }, [runId, cache]);
  return followed?.asked === runId ? followed.run : null;
}

export const cancelRun = (runId: number) => ask(api.DELETE("/api/runs/{run_id}", { params: { path: { run_id: runId } } }));
