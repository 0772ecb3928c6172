import { queryOptions } from "@tanstack/react-query";
import { api, ApiError, ask, type Schemas } from "./client";

/** Who is signed in; null where nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  staleTime: 60_000,
  queryFn: async (): Promise<Schemas["SessionRead"] | null> => {
    try {
      return await ask(api.GET("/api/session"));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: () => ask(api.GET("/api/setup")),
});
