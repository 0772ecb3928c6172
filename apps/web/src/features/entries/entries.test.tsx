import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answering, tellRun } from "@/lib/test-server";
import { Entries } from "./entries";
import { asEntering, COMMON_START, groupsOf, groupStart } from "./groups";

const place = (locked: boolean) => ({ slot: "QB", name: locked ? "Ann One" : null, draftable_id: null, is_locked: locked });
const entry = (id: string, contest: string, name: string, locked = false) =>
  ({ entry_id: id, contest_id: contest, contest_name: name, fee_usd: 5, is_known: true, places: [place(locked)] });
const FILE = { upload_id: 9, slate_id: 1, places_locked: 1, finished: 0, unknown: 0, entries: [entry("1", "77", "Millions"), entry("2", "77", "Millions"), entry("3", "78", "Quarters"), entry("4", "78", "Quarters", true)] };
const SET = { id: 3, slate_id: 1, kind: "uploaded", name: "Mine", columns: ["Leverage"], stats: [], as_of: "2026-01-01T00:00:00Z", created_at: "2026-01-01T00:00:00Z", worlds: null, seed: null, players: 1, is_mine: true };
const PLAYER = { draftable_id: 11, player_id: 1, name: "Ann One", position: "QB", team: "KC", mean: 20, is_disabled: false };
const RUN = { id: 5, job: "enter", status: "running", progress: 0.2, message: "7 of 9 entries", next_run_id: null, result: null, error: null };

function page() {
  const asked = answering({
    "GET /api/slates/1": () => ({ body: { id: 1, sport: "nfl" } }),
    "GET /api/sports": () => ({ body: [{ code: "nfl", stacks: [{ key: "qb_two", title: "Quarterback and two" }] }] }),
    "GET /api/slates/1/projection-sets": () => ({ body: [SET] }),
    "GET /api/slates/1/contests": () => ({ body: [] }),
    "GET /api/slates/1/players": () => ({ body: { players: [PLAYER] } }),
    "POST /api/slates/1/entries": () => ({ status: 201, body: FILE }),
    "POST /api/runs/enter": () => ({ status: 202, body: RUN }),
  });
  render(<QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}><Entries slateId={1} /></QueryClientProvider>);
  return asked;
}

async function send() {
  await userEvent.upload(await screen.findByLabelText("Entries file"), new File(["x"], "DKEntries.csv", { type: "text/csv" }));
  return screen.findByRole("group", { name: "Millions" });
}

test("a file makes one group a contest, and each is asked for by its own words", async () => {
  const asked = page();
  const millions = within(await send());
  expect(screen.getByText("1 entry, $5 each; 1 with a started player are left alone")).toBeInTheDocument();
  await userEvent.selectOptions(millions.getByLabelText("Chosen for"), "contest");
  await userEvent.type(millions.getByLabelText("Max exposure, %"), "30");
  await userEvent.click(millions.getByRole("button", { name: /own share/ }));
  await userEvent.selectOptions(await millions.findByLabelText("Player"), "Ann One (QB, KC)");
  await userEvent.type(millions.getByLabelText("At least, %"), "25");
  const quarters = within(screen.getByRole("group", { name: "Quarters" }));
  await userEvent.selectOptions(quarters.getByLabelText("Chosen for"), "column");
  await userEvent.selectOptions(screen.getByLabelText("Stack"), "qb_two");
  await userEvent.click(screen.getByRole("button", { name: "Fill the entries" }));
  const sent = asked.find((one) => one.path === "/api/runs/enter")?.body as { upload_id: number; entering: { rules: object; contests: { contest: string; objective: string; rules?: object; offer?: { entries: number } }[] } };
  expect(sent.upload_id).toBe(9);
  expect(sent.entering.rules).toEqual({ min_unique: 2, max_exposure: 0.6, stack: "qb_two" });
  const [one, other] = sent.entering.contests;
  expect(one).toMatchObject({ contest: "77", objective: "roi", rules: { max_exposure: 0.3, exposures: [{ draftable_id: 11, at_least: 0.25, at_most: 1 }] }, offer: { entries: 1000 } });
  expect(other).toEqual({ contest: "78", objective: "Leverage" });
});

test("the work is followed to the filled file", async () => {
  page();
  await send();
  await userEvent.click(screen.getByRole("button", { name: "Fill the entries" }));
  act(() => { tellRun(RUN); });
  expect(await screen.findByText("7 of 9 entries")).toBeInTheDocument();
  const group = { contest: "77", name: "Millions", entries: 2, objective: "points", points_mean: 151.5, earned_usd: 10, completed: 0, top_player: { name: "Ann One", share: 1 }, roi: null };
  act(() => { tellRun({ ...RUN, status: "succeeded", result: { upload_id: 10, rows: 3, untouched: 1, groups: [group], entries: [] } }); });
  expect(await screen.findByText(/3 entries filled, 1 left as they were/)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Download the file" })).toHaveAttribute("href", "/api/entries/10/entries.csv");
  expect(screen.getByText("100% Ann One")).toBeInTheDocument();
});

test("prizes that cannot be read are told before anything is asked", async () => {
  const asked = page();
  const millions = within(await send());
  await userEvent.selectOptions(millions.getByLabelText("Chosen for"), "contest");
  await userEvent.clear(millions.getByLabelText("Prizes"));
  await userEvent.type(millions.getByLabelText("Prizes"), "first wins");
  await userEvent.click(screen.getByRole("button", { name: "Fill the entries" }));
  expect(await screen.findByText(/^Millions: /)).toBeInTheDocument();
  expect(asked.some((one) => one.path === "/api/runs/enter")).toBe(false);
});

test("a contest whose entries have all started is not asked for", () => {
  const groups = groupsOf([entry("1", "77", "Millions", true), entry("2", "", "Quarters")]);
  expect(groups.map((g) => [g.contest, g.open, g.closed])).toEqual([["77", 0, 1], ["Quarters", 1, 0]]);
  const forms = new Map(groups.map((g) => [g.contest, groupStart(g)]));
  const told = asEntering(COMMON_START, groups, forms, () => []);
  expect(told).toEqual({ rules: { min_unique: 2, max_exposure: 0.6 }, contests: [{ contest: "Quarters", objective: "points" }], repeats: false, reserved_only: false });
});
