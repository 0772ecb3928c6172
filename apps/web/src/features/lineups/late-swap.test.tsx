import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answering, tellRun } from "@/lib/test-server";
import { LateSwap } from "./late-swap";

const place = (name: string, id: number | null, locked: boolean) => ({ slot: "QB", name, draftable_id: id, is_locked: locked });
const FILE = {
  upload_id: 9, slate_id: 1, places_locked: 1, finished: 0, unknown: 1,
  entries: [
    { entry_id: "4001", contest_id: "77", contest_name: "Millions", fee_usd: 5, is_known: true, places: [place("Ann One", 11, true), place("Bea Two", 12, false)] },
    { entry_id: "4002", contest_id: "77", contest_name: "Millions", fee_usd: 5, is_known: false, places: [place("A Stranger", null, false)] },
  ],
};
const RUN = { id: 5, job: "late_swap", status: "running", progress: 0.5, message: "1 of 2 entries", next_run_id: null, result: null, error: null };

function page(answers: object = {}) {
  const asked = answering({
    "GET /api/slates/1/projection-sets": () => ({ body: [{ id: 3, name: "Ours" }, { id: 2, name: "Older" }] }),
    "GET /api/slates/1/players": () => ({ body: { players: [
      { draftable_id: 13, name: "Cee Three", team_id: "nfl:KC", team: "KC", opponent: "LV", is_home: true, game_id: "nfl:1" },
      { draftable_id: 12, name: "Bea Two", team_id: "nfl:BUF", team: "BUF", opponent: "NE", is_home: false, game_id: "nfl:2" },
      { draftable_id: 14, name: "Dee Four", team_id: "nfl:NE", team: "NE", opponent: "BUF", is_home: true, game_id: "nfl:2" },
    ] } }),
    "POST /api/slates/1/entries": () => ({ status: 201, body: FILE }),
    "POST /api/runs/late-swap": () => ({ status: 202, body: RUN }),
    "DELETE /api/runs/5": () => ({ status: 202, body: RUN }),
    ...answers,
  });
  render(<QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}><LateSwap slateId={1} /></QueryClientProvider>);
  return asked;
}

const send = async () => userEvent.upload(await screen.findByLabelText("Entries file"), new File(["x"], "DKEntries.csv", { type: "text/csv" }));
const row = (id: string) => within(screen.getByText(id).closest("tr") as HTMLElement);

test("who has started is locked, the others are exchanged, and the file is downloaded", async () => {
  const asked = page();
  expect(await screen.findByRole("button", { name: "Swap the entries" })).toBeDisabled();
  await send();
  expect(await screen.findByText("1 places locked, 0 entries finished, 1 hold somebody who is not on this slate")).toBeInTheDocument();
  expect(row("4001").getByText("1 locked")).toBeInTheDocument();
  expect(row("4002").getByText("left alone")).toBeInTheDocument();
  expect(row("4002").getByText(/A Stranger: not on this slate/)).toBeInTheDocument();
  expect(row("4001").queryByText(/not on this slate/)).toBeNull();
  await userEvent.selectOptions(screen.getByLabelText("Projections"), "Older");
  await userEvent.clear(screen.getByLabelText("Max exposure, %"));
  await userEvent.type(screen.getByLabelText("Max exposure, %"), "40");
  await userEvent.click(screen.getByRole("button", { name: "Swap the entries" }));
  expect(asked.at(-1)).toEqual({ method: "POST", path: "/api/runs/late-swap", body: { slate_id: 1, upload_id: 9, projection_set_id: 2, rules: { min_unique: 1, max_exposure: 0.4 }, started: [] } });
  act(() => { tellRun(RUN); });
  expect(await screen.findByText("1 of 2 entries")).toBeInTheDocument();
  const result = { upload_id: 10, swapped: 1, same: 0, kept: 0, finished: 0, unknown: 1, entries: [{ entry_id: "4001", outcome: "swapped", draftable_ids: [11, 13] }] };
  act(() => { tellRun({ ...RUN, status: "succeeded", result }); });
  expect(await screen.findByText(/1 swapped, 1 as they were/)).toBeInTheDocument();
  expect(await row("4001").findByText(/Cee Three/)).toBeInTheDocument();
  expect(row("4001").queryByText(/Bea Two/)).toBeNull();
  expect(screen.getByRole("link", { name: "Download the file" })).toHaveAttribute("href", "/api/entries/10/entries.csv");
});

test("a game that the user calls started locks its players", async () => {
  const asked = page();
  await send();
  await userEvent.click(await screen.findByRole("button", { name: "BUF @ NE" }));
  expect(await screen.findByText(/^2 places locked, 1 entries finished/)).toBeInTheDocument();
  expect(row("4001").getByText("2 locked")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Swap the entries" }));
  expect(asked.at(-1)?.body).toMatchObject({ started: ["nfl:BUF", "nfl:NE"] });
});

test("a file that is none is refused in its words", async () => {
  page({ "POST /api/slates/1/entries": () => ({ status: 422, body: { code: "bad_input", message: "these are salaries, not an entries file" } }) });
  await send();
  expect(await screen.findByText("these are salaries, not an entries file")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Swap the entries" })).toBeDisabled();
});

test("a swap that is running can be stopped", async () => {
  const asked = page();
  await send();
  await screen.findByText("4001");
  await userEvent.click(screen.getByRole("button", { name: "Swap the entries" }));
  act(() => { tellRun(RUN); });
  await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(asked.at(-1)).toMatchObject({ method: "DELETE", path: "/api/runs/5" });
  act(() => { tellRun({ ...RUN, status: "cancelled" }); });
  expect(await screen.findByText("Stopped. Nothing was saved.")).toBeInTheDocument();
});
