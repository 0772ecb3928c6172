import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import type { Schemas } from "@/api/client";
import { PlayerRules } from "./player-rules";

function player(id: number, name: string, mean: number | null): Schemas["PoolPlayer"] {
  return {
    draftable_id: id, external_id: String(id), name, mean, position: "QB", team: "KC", team_id: "nfl:KC", opponent: "LV",
    salary_usd: 7000, salary_source: "site", matched: true, is_disabled: false, is_home: true, player_id: id, p10: 1, p50: 2,
    p90: 3, sd: 1, value: 1, status: null, injury_status: null, realised_points: null, roster_slots: ["QB"],
    average_points: null, game_id: null, game_starts_at: null, ownership: null,
  };
}

function Harness() {
  const [rules, setRules] = useState<{ locked: number[]; excluded: number[] }>({ locked: [], excluded: [] });
  return (
    <>
      <PlayerRules players={[player(1, "Ann One", 20), player(2, "Bea Two", 10), player(3, "Cee None", null)]} {...rules} onChange={setRules} />
      <output>{JSON.stringify(rules)}</output>
    </>
  );
}

test("a player is locked, or left out, never both", async () => {
  render(<Harness />);
  await userEvent.click(screen.getByRole("button", { name: "Lock Ann One" }));
  expect(screen.getByText('{"locked":[1],"excluded":[]}')).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Leave out Ann One" }));
  expect(screen.getByText('{"locked":[],"excluded":[1]}')).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Leave out Ann One" }));
  expect(screen.getByText('{"locked":[],"excluded":[]}')).toBeInTheDocument();
});

test("players without a projection are not offered, and the search narrows", async () => {
  render(<Harness />);
  expect(screen.queryByText(/Cee None/)).toBeNull();
  await userEvent.type(screen.getByRole("searchbox"), "bea");
  expect(screen.queryByText(/Ann One/)).toBeNull();
  expect(screen.getByText(/Bea Two/)).toBeInTheDocument();
});

test("a player whom the site lists once a slot is locked into one of them", async () => {
  const copies = ["CPT", "FLEX"].map((slot, n) => ({ ...player(n + 1, "Ann One", 20), player_id: 7, roster_slots: [slot] }));
  const onChange = vi.fn();
  render(<PlayerRules players={[...copies, player(3, "Bea Two", 10)]} locked={[]} excluded={[]} onChange={onChange} />);
  expect(screen.getByRole("button", { name: "Lock Bea Two" })).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Lock Ann One as FLEX" }));
  expect(onChange).toHaveBeenCalledWith({ locked: [2], excluded: [] });
});
