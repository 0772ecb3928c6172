import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answering } from "@/lib/test-server";
import { Pool } from "./pool";

const SET = { id: 8, name: "mine.csv", as_of: "2026-01-04T18:00:00Z", worlds: null, is_mine: true };
const READ = { projection_set: SET, rows: 2, header: { points: "Proj" }, notes: [], unmatched: [{ row: 3, name: "Who Ever" }], unprojected: 0, with_sd: 0, with_quantiles: 0 };

test("what an upload left out stays on the page while the new projections are read", async () => {
  let chosen: object | null = null;
  answering({
    "GET /api/slates/1/players": () => ({ body: { players: [], projection_set: chosen } }),
    "GET /api/slates/1/projection-sets": () => ({ body: chosen ? [chosen] : [] }),
    "POST /api/slates/1/projections": () => {
      chosen = SET;
      return { status: 201, body: READ };
    },
  });
  render(<QueryClientProvider client={new QueryClient()}><Pool slateId={1} /></QueryClientProvider>);
  await userEvent.upload(await screen.findByLabelText("Own projections"), new File(["Player,Proj\nA,1\nWho Ever,2\n"], "mine.csv", { type: "text/csv" }));
  expect(await screen.findByText(/^mine.csv · as of/)).toBeInTheDocument();
  expect(screen.getByText(/1 row was left out/)).toBeInTheDocument();
});
