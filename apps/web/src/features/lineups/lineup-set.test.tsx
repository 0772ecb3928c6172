import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { expect, test, vi } from "vitest";
import { answering } from "@/lib/test-server";
import { LineupSet } from "./lineup-set";

vi.mock("@tanstack/react-router", () => ({ Link: ({ children }: { children: ReactNode }) => <span>{children}</span> }));

const lineup = (rank: number) => ({ id: rank, rank, salary_usd: 49000, projected_points: 120, quantile_points: null, realised_points: null, players: [] });

async function page(lineups: number, files: number) {
  const set = {
    id: 7, slate_id: 1, name: "Many", projection_set_name: "Ours", rules: {}, lineups, projected_mean: 120, projected_best: 130, realised_mean: null, realised_best: null,
    salary_source: "site", note: null, salary_cap_usd: 50000, upload_files: files, lineup_list: Array.from({ length: lineups }, (_, i) => lineup(i + 1)), player_exposures: [], team_exposures: [],
  };
  answering({ "GET /api/lineup-sets/7": () => ({ body: set }) });
  render(<QueryClientProvider client={new QueryClient()}><LineupSet setId={7} /></QueryClientProvider>);
  await screen.findByRole("heading", { name: "Many" });
}

test("a set of one file is downloaded by one link, and as plain CSV", async () => {
  await page(2, 1);
  expect(screen.getByRole("link", { name: "Upload file" })).toHaveAttribute("href", "/api/lineup-sets/7/upload.csv");
  expect(screen.getByRole("link", { name: "Plain CSV" })).toHaveAttribute("href", "/api/lineup-sets/7/lineups.csv");
  expect(screen.queryByRole("button", { name: /Show more/ })).toBeNull();
});

test("a set of several files has a link for each, and is shown in steps", async () => {
  await page(301, 3);
  expect(screen.queryByRole("link", { name: "Upload file" })).toBeNull();
  const links = within(screen.getByRole("navigation", { name: "Upload files" })).getAllByRole("link");
  expect(links.map((link) => link.getAttribute("href"))).toEqual([1, 2, 3].map((part) => `/api/lineup-sets/7/upload.csv?part=${String(part)}`));
  expect(screen.queryByText("Lineup 151")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Show more of 301 lineups" }));
  expect(screen.getAllByText("Lineup 151").length).toBeGreaterThan(0);
  expect(screen.queryByText("Lineup 301")).toBeNull();
});

test("where no upload format is known the plain file alone is offered", async () => {
  await page(1, 0);
  expect(screen.getByText(/upload is not known/)).toBeInTheDocument();
  expect(screen.queryByRole("link", { name: /Upload file/ })).toBeNull();
});
