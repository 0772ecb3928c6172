import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schemas } from "@/api/client";
import { answering } from "@/lib/test-server";
import { Games } from "./games";

const TEAM = { id: "mlb:MIN", abbreviation: "MIN", name: "Minnesota Twins" };
const GAME: Schemas["SlateGameRead"] = {
  id: "mlb:1", starts_at: "2025-06-01T17:00:00Z", home: TEAM, away: { ...TEAM, id: "mlb:CHC", abbreviation: "CHC", name: "Chicago Cubs" },
  venue: "Target Field", roof: "outdoors", status: "scheduled", home_score: null, away_score: null, spread: null, total: 8.5,
  temp_f: 70, wind_mph: 12, wind_along_mph: null, wind_across_mph: null, players: 40, projection: null,
};

function page(...games: Schemas["SlateGameRead"][]) {
  answering({ "GET /api/slates/3": () => ({ body: { id: 3, game_list: games } }) });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Games slateId={3} />
    </QueryClientProvider>,
  );
}

test("a wind whose direction relative to the field is uncertain is told as that", async () => {
  page(GAME);
  expect(await screen.findByText("Wind 12 mph, its direction relative to the field is uncertain here")).toBeVisible();
});

test("a wind is told in the frame of the field", async () => {
  page({ ...GAME, wind_along_mph: 10.2, wind_across_mph: 6.4 }, { ...GAME, id: "mlb:2", wind_mph: 0 });
  expect(await screen.findByText("Wind 12 mph: 10 along the field, 6 across")).toBeVisible();
  expect(screen.getByText("Wind 0 mph")).toBeVisible();
});
