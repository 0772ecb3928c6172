import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "./client";

/** What pages read of a slate's contests. */
export const contestOffersQuery = (slateId: number) =>
  queryOptions({
    queryKey: ["slates", slateId, "contests"],
    queryFn: () => ask(api.GET("/api/slates/{slate_id}/contests", { params: { path: { slate_id: slateId } } })),
  });

/** The newest work that succeeded on a slate, contests that were played among it. */
export const contestRunsQuery = (slateId: number) =>
  queryOptions({
    queryKey: ["slates", slateId, "contest-runs"],
    queryFn: async () => (await ask(api.GET("/api/runs", { params: { query: { slate_id: slateId, status: "succeeded", limit: 50 } } }))).items,
  });
