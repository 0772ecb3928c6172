import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { Schemas } from "@/api/client";
import { answering } from "@/lib/test-server";
import { ReviewQueue } from "./review-queue";

const GABE: Schemas["ReviewRead"] = {
  id: 7, sport: "nfl", source: "kambi", kind: "player", external_id: "name:gabe davis", name: "Gabe Davis", team: "nfl:BUF", position: "WR", seen: 12,
  first_seen_at: "2025-01-01T10:00:00Z", last_seen_at: "2025-01-02T10:00:00Z", status: "open", target: null, decided_at: null,
  candidates: [
    { target: "31", name: "gabriel davis", team: "nfl:BUF", position: "WR", starts_at: null, score: 0.58 },
    { target: "32", name: "gabe davison", team: null, position: "TE", starts_at: null, score: 0.41 },
  ],
};
const NOBODY = { ...GABE, id: 8, name: "A Team Total", candidates: [] };
const GAME: Schemas["ReviewRead"] = {
  ...GABE, id: 9, kind: "game", external_id: "NYJ @ BUF 2025-01-09", name: "NYJ @ BUF 2025-01-09", team: null, position: null,
  candidates: [{ target: "nfl:2024_18_NYJ_BUF", name: "NYJ @ BUF 2025-01-04", team: null, position: null, starts_at: "2025-01-04T18:00:00Z", score: 0.85 }],
};

function page(refusal?: string) {
  let waiting = [GABE, NOBODY, GAME];
  const asked = answering({
    "GET /api/review": () => ({ body: { items: waiting, total: waiting.length, limit: 200, offset: 0 } }),
    "GET /api/review/choices": () => ({ body: [{ target: "99", name: "Gabriel Davis Sr.", team: "nfl:JAX", position: "WR", starts_at: null }] }),
    "POST /api/review/9": () => {
      waiting = waiting.filter((one) => one.id !== 9);
      return { body: { item: { ...GAME, status: "decided" }, run_id: 6 } };
    },
    "POST /api/review/7": () => {
      if (refusal) return { status: 409, body: { code: "conflict", message: refusal } };
      waiting = [NOBODY];
      return { body: { item: { ...GABE, status: "decided" }, run_id: 5 } };
    },
    "POST /api/review/8": () => {
      waiting = [GABE];
      return { body: { item: { ...NOBODY, status: "dismissed" }, run_id: null } };
    },
  });
  render(<QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}><ReviewQueue /></QueryClientProvider>);
  return asked;
}

/** The card of a name, once it is there. */
async function card(name: string) {
  const item = (await screen.findByText(name)).closest("li");
  if (item === null) throw new Error(`${name} is no item`);
  return within(item);
}

test("a decision says whom is meant, and the name waits no more", async () => {
  const asked = page();
  const gabe = await card("Gabe Davis");
  expect(gabe.getByText(/Kambi · NFL · met 12 times/i)).toBeInTheDocument();
  await userEvent.click(gabe.getByRole("button", { name: /davis WR, BUF · 58%/i }));
  await waitFor(() => { expect(screen.queryByText("Gabe Davis")).toBeNull(); });
  expect(asked).toContainEqual({ method: "POST", path: "/api/review/7", body: { target: "31" } });
  expect(screen.getByText("A Team Total")).toBeInTheDocument();
});

test("what is nobody of ours is dismissed", async () => {
  const asked = page();
  await userEvent.click((await card("A Team Total")).getByRole("button", { name: "None of ours" }));
  await waitFor(() => { expect(screen.queryByText("A Team Total")).toBeNull(); });
  expect(asked).toContainEqual({ method: "POST", path: "/api/review/8", body: { target: null } });
});

test("somebody who is not among the likely ones is found by a part of the name", async () => {
  const asked = page();
  const gabe = await card("Gabe Davis");
  await userEvent.type(gabe.getByLabelText("Somebody else"), "gabriel");
  await userEvent.click(await gabe.findByRole("button", { name: /Gabriel Davis Sr\. WR, JAX/ }));
  await waitFor(() => { expect(screen.queryByText("Gabe Davis")).toBeNull(); });
  expect(asked).toContainEqual({ method: "POST", path: "/api/review/7", body: { target: "99" } });
});

test("a game, as a team or a market, is chosen among the likely ones", async () => {
  const asked = page();
  const game = await card("NYJ @ BUF 2025-01-09");
  expect(game.getByText("Game")).toBeInTheDocument();
  await userEvent.click(game.getByRole("button", { name: /NYJ @ BUF 2025-01-04 .+ · 85%/ }));
  await waitFor(() => { expect(screen.queryByText("NYJ @ BUF 2025-01-09")).toBeNull(); });
  expect(asked).toContainEqual({ method: "POST", path: "/api/review/9", body: { target: "nfl:2024_18_NYJ_BUF" } });
});

test("a refusal stands on the card, and the name keeps waiting", async () => {
  page("Gabe Davis of kambi was decided already");
  const gabe = await card("Gabe Davis");
  await userEvent.click(gabe.getByRole("button", { name: /58%/ }));
  expect(await gabe.findByRole("alert")).toHaveTextContent("decided already");
  expect(screen.getByText("Gabe Davis")).toBeInTheDocument();
});
