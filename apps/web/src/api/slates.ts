import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "./client";

/** What pages read of slates; each key begins with the noun, so that a change can refresh all of it. */
export const slatesQuery = queryOptions({
  queryKey: ["slates"],
  queryFn: () => ask(api.GET("/api/slates", { params: { query: { limit: 100 } } })),
});

export const slateQuery = (slateId: number) =>
  queryOptions({
    queryKey: ["slates", slateId],
    queryFn: () => ask(api.GET("/api/slates/{slate_id}", { params: { path: { slate_id: slateId } } })),
  });

export const poolQuery = (slateId: number, setId: number | null) =>
  queryOptions({
    queryKey: ["slates", slateId, "players", setId],
    queryFn: () =>
      ask(api.GET("/api/slates/{slate_id}/players", { params: { path: { slate_id: slateId }, query: { set_id: setId } } })),
  });

export const playerQuery = (slateId: number, draftableId: number, setId: number | null) =>
  queryOptions({
    queryKey: ["slates", slateId, "players", draftableId, setId],
    queryFn: () =>
      ask(
        api.GET("/api/slates/{slate_id}/players/{draftable_id}", {
          params: { path: { slate_id: slateId, draftable_id: draftableId }, query: { set_id: setId } },
        }),
      ),
  });

export const projectionSetsQuery = (slateId: number) =>
  queryOptions({
    queryKey: ["slates", slateId, "projection-sets"],
    queryFn: () => ask(api.GET("/api/slates/{slate_id}/projection-sets", { params: { path: { slate_id: slateId } } })),
  });

export const lineupSetsQuery = (slateId: number) =>
  queryOptions({
    queryKey: ["slates", slateId, "lineup-sets"],
    queryFn: () => ask(api.GET("/api/slates/{slate_id}/lineup-sets", { params: { path: { slate_id: slateId } } })),
  });

export const lineupSetQuery = (setId: number) =>
  queryOptions({
    queryKey: ["lineup-sets", setId],
    queryFn: () => ask(api.GET("/api/lineup-sets/{set_id}", { params: { path: { set_id: setId } } })),
  });

export const sportsQuery = queryOptions({
  queryKey: ["sports"],
  staleTime: Infinity,
  queryFn: () => ask(api.GET("/api/sports")),
});
