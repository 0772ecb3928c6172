import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, ask, type Schemas } from "./client";

export type Run = Schemas["RunRead"];

export const isOver = (run: Run): boolean => run.status !== "queued" && run.status !== "running";

/** Follow a run as the server tells of it; when it ends, everything cached is read anew. */
export function useRun(runId: number | null): Run | null {
  const [run, setRun] = useState<Run | null>(null);
  const cache = useQueryClient();
  useEffect(() => {
    if (runId == null) return;
    const source = new EventSource(`/api/runs/${runId}/events`);
    source.addEventListener("run", (event: MessageEvent<string>) => {
      const told = JSON.parse(event.data) as Run;
      setRun(told);
      if (isOver(told)) {
        source.close();
        void cache.invalidateQueries();
      }
    });
    return () => {
      source.close();
    };
  }, [runId, cache]);
  return run?.id === runId ? run : null;
}

export const cancelRun = (runId: number) => ask(api.DELETE("/api/runs/{run_id}", { params: { path: { run_id: runId } } }));
