"""Slates, pool and player as the screens get them."""

from datetime import timedelta

import httpx
import pytest
from sdp_common.store import weather
from sqlalchemy import Engine
from sqlalchemy.orm import Session


def test_every_reading_endpoint_needs_somebody_signed_in(anonymous: httpx.Client, world) -> None:
    paths = anonymous.get("/api/openapi.json").json()["paths"]
    open_to_all = {"/api/health", "/api/ready", "/api/setup"}
    found = [path for path, methods in paths.items() if "get" in methods and path not in open_to_all]
    assert len(found) > 15
    for path in found:
        filled = path.replace("{slate_id}", str(world.slate_id)).replace("{set_id}", str(world.lineup_set_id))
        filled = filled.replace("{draftable_id}", "1").replace("{run_id}", "1")
        assert anonymous.get(filled).status_code == 401, path


def test_the_declared_sports_are_told(ann: httpx.Client) -> None:
    sports = ann.get("/api/sports").json()
    nfl = sports[0]
    assert nfl["code"] == "nfl", "what we predict comes first"
    assert {"nba", "mlb", "golf"} <= {sport["code"] for sport in sports}
    classic = next(c for c in nfl["contests"] if c["key"] == "draftkings_classic")
    assert (classic["salary_cap_usd"], classic["roster_size"]) == (50_000, 9)
    assert (classic["code"], classic["confidence"], classic["is_open"]) == ("dk_nfl_classic", "high", True)
    tiers = next(c for c in nfl["contests"] if c["mode"] == "tiers")
    assert (tiers["salary_cap_usd"], tiers["roster_size"]) == (None, 0)
    assert len(nfl["quantile_probs"]) == 15
    assert {s["key"] for s in nfl["stacks"]} >= {"qb_one", "qb_two"}


def test_slates_are_listed_with_their_counts_and_paged(ann: httpx.Client, world, writers, engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        writers.slate(session, external_id="bare", salary_source="site")
    page = ann.get("/api/slates", params={"sport": "nfl", "limit": 1, "offset": 1}).json()
    assert page["total"] == 2
    slate = page["items"][0]
    assert slate["id"] == world.slate_id
    assert (slate["games"], slate["players"], slate["matched"]) == (1, 12, 11)
    assert slate["salary_source"] == "modelled"
    assert slate["starts_at"] == "2023-11-26T18:00:00Z"
    assert slate["is_locked"] is True
    assert (slate["has_projections"], slate["latest_projection_set_id"]) == (True, world.set_id)
    bare = ann.get("/api/slates", params={"limit": 1}).json()["items"][0]
    assert (bare["salary_source"], bare["has_projections"]) == ("site", False)


def test_an_unknown_sport_is_refused(ann: httpx.Client) -> None:
    answer = ann.get("/api/slates", params={"sport": "quidditch"})
    assert answer.status_code == 422
    assert "nfl" in answer.json()["problems"][0]["message"]


def test_a_forecast_shows_the_wind_in_the_frame_of_the_field(ann: httpx.Client, engine: Engine, world) -> None:
    def read() -> dict[str, object]:
        return ann.get(f"/api/slates/{world.slate_id}").json()["game_list"][0]

    def shown() -> tuple[object, ...]:
        game = read()
        return game["wind_mph"], game["wind_along_mph"], game["wind_across_mph"]

    with Session(engine) as session, session.begin():
        at = {"game_id": read()["id"], "source": "open_meteo", "forecast_for": world.lock, "wind_mph": 10.0}
        weather.save(session, [{**at, "known_at": world.lock - timedelta(hours=9)}])
    assert shown() == (10.0, None, None)  # where the field points is not known
    with Session(engine) as session, session.begin():
        told = {"known_at": world.lock - timedelta(hours=3), "wind_along_mph": 8.0, "wind_across_mph": 6.0}
        weather.save(session, [{**at, **told}])
    assert shown() == (10.0, 8.0, 6.0)


def test_a_slate_shows_the_lines_that_stood_at_the_lock(ann: httpx.Client, world) -> None:
    slate = ann.get(f"/api/slates/{world.slate_id}").json()
    game = slate["game_list"][0]
    assert game["home"]["abbreviation"] == "PHI"
    # -3.5 and -2.5 stood at the lock, -8.5 was suspended, -9.5 came later: the home side is favoured by the median, 3
    assert game["spread"] == 3.0
    assert game["total"] is None
    assert game["projection"]["prob_home_win"] == 0.61
    assert (game["home_score"], game["away_score"], game["players"]) == (37, 34, 12)


@pytest.mark.parametrize("path", ["/api/slates/999999", "/api/slates/999999/players", "/api/slates/999999/lineup-sets"])
def test_a_slate_that_is_not_there(ann: httpx.Client, world, path: str) -> None:
    answer = ann.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_the_pool_carries_projection_value_and_result(ann: httpx.Client, world) -> None:
    pool = ann.get(f"/api/slates/{world.slate_id}/players").json()
    assert pool["projection_set"]["id"] == world.set_id
    assert pool["stat"] == "draftkings_classic_points"
    players = {p["draftable_id"]: p for p in pool["players"]}
    quarterback = players[world.draftables["Quinn Passer PHI"]]
    assert (quarterback["mean"], quarterback["sd"], quarterback["value"]) == (17.5, 5.0, 2.5)
    assert (quarterback["p10"], quarterback["p50"], quarterback["p90"]) == (2.0, 7.0, 12.0)
    assert (quarterback["team"], quarterback["opponent"], quarterback["is_home"]) == ("PHI", "BUF", True)
    # 300 yards (12 + 3 bonus) and two touchdowns (8)
    assert quarterback["realised_points"] == 23.0
    assert quarterback["salary_source"] == "modelled"
    runner = players[world.draftables["Rob Rusher BUF"]]
    assert (runner["opponent"], runner["is_home"]) == ("PHI", False)
    assert runner["realised_points"] == 0.0, "no line in a settled game: he did not play"
    unknown = players[world.draftables["Nobody Known BUF"]]
    assert (unknown["matched"], unknown["player_id"], unknown["realised_points"]) == (False, None, None)
    salaries = [p["salary_usd"] for p in pool["players"]]
    assert salaries == sorted(salaries, reverse=True)


def test_the_pool_under_another_contest(ann: httpx.Client, world) -> None:
    pool = ann.get(f"/api/slates/{world.slate_id}/players", params={"contest": "fanduel_classic"}).json()
    quarterback = next(p for p in pool["players"] if p["name"] == "Quinn Passer")
    assert quarterback["realised_points"] == 20.0, "no bonus for 300 yards there"
    assert quarterback["mean"] is None, "nothing was simulated for it"
    wrong = ann.get(f"/api/slates/{world.slate_id}/players", params={"contest": "nope"})
    assert (wrong.status_code, wrong.json()["problems"][0]["column"]) == (422, "contest")


def test_a_player_shows_his_distribution_and_only_the_past(ann: httpx.Client, world) -> None:
    draftable = world.draftables["Quinn Passer PHI"]
    player = ann.get(f"/api/slates/{world.slate_id}/players/{draftable}").json()
    projection = player["projections"][0]
    assert projection["title"] == "DraftKings NFL Classic points"
    assert [q["value"] for q in projection["quantiles"]] == [float(i) for i in range(15)]
    assert projection["quantiles"][7]["prob"] == 0.5
    assert projection["histogram"] == {"start": 0.0, "width": 5.0, "shares": [0.25, 0.5, 0.25]}
    assert [game["week"] for game in player["past_games"]] == [10], "the slate's game and later ones are not the past"
    assert player["past_games"][0]["stats"] == {"passing_yards": 250.0, "passing_tds": 2.0}
    assert player["past_games"][0]["fantasy_points"] == 18.0
    assert player["past_games"][0]["opponent"] == "BUF"
    assert player["result"]["fantasy_points"] == 23.0
    prediction = player["predictions"][0]
    assert len(player["predictions"]) == 1
    assert (prediction["title"], prediction["version"]) == ("Passing yards", "1"), (
        "one made after the lock is not shown"
    )
    assert prediction["drivers"] == [
        {"feature": "passing_yards_slow", "title": "Passing yards, many games", "value": 240.5, "effect": 12.25}
    ]


def test_a_player_of_another_slate_is_not_found(ann: httpx.Client, world) -> None:
    assert ann.get(f"/api/slates/{world.slate_id}/players/999999").status_code == 404


def test_a_set_of_another_slate_is_not_found(ann: httpx.Client, world, writers, engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        other = writers.slate(session, external_id="other")
    answer = ann.get(f"/api/slates/{other}/players", params={"set_id": world.set_id})
    assert answer.status_code == 404


def test_anothers_own_set_is_not_there(ann: httpx.Client, bob: httpx.Client, world, writers, engine: Engine) -> None:
    ann_id = ann.get("/api/session").json()["user"]["id"]
    with Session(engine) as session, session.begin():
        mine = writers.projection_set(session, world.slate_id, ann_id)
    path = f"/api/slates/{world.slate_id}/projection-sets"
    assert [s["is_mine"] for s in ann.get(path).json()] == [True, False]
    assert [s["id"] for s in bob.get(path).json()] == [world.set_id]
    draftable = world.draftables["Quinn Passer PHI"]
    for shown in (f"/api/slates/{world.slate_id}/players", f"/api/slates/{world.slate_id}/players/{draftable}"):
        assert ann.get(shown, params={"set_id": mine}).status_code == 200
        assert bob.get(shown, params={"set_id": mine}).status_code == 404
    assert bob.delete(f"/api/projection-sets/{mine}").status_code == 404
    assert ann.delete(f"/api/projection-sets/{world.set_id}").status_code == 404, "ours is nobody's to delete"
    assert ann.delete(f"/api/projection-sets/{mine}").status_code == 204
    assert len(ann.get(path).json()) == 1
