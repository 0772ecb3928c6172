import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "@/api/client";
import { sessionQuery } from "@/api/session";
import { followTheme } from "@/lib/theme";
import { router } from "./router";
import "./styles.css";

followTheme();

/** A session that ended anywhere ends everywhere: the door is shown, and the page is kept behind it. */
function ifSignedOut(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) queries.setQueryData(sessionQuery.queryKey, null);
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: ifSignedOut }),
  mutationCache: new MutationCache({ onError: (error, _variables, _result, mutation) => {
    if (mutation.meta?.["door"] !== true) ifSignedOut(error);
  } }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // A refusal will be refused again; only an unreachable server is asked once more.
      retry: (failures, error) => failures < 1 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
    },
  },
});

const place = document.getElementById("root");
if (place == null) throw new Error("index.html has no #root");
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
