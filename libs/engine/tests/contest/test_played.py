"""Finished contests in the site's shape, invented: joined to their slate, and predicted by others' habits."""

import csv
import dataclasses
import io

import numpy as np
import polars as pl
import pytest
from sdp_engine.contest import backtest, grading
from sdp_engine.contest import habits as habit_files
from sdp_engine.contest.field import Crowd
from sdp_engine.contest.finished import Finished, assemble, join
from sdp_engine.contest.naming import keys_of
from sdp_engine.contest.payouts import Offer, Prize
from sdp_engine.contest.source import Source, source_from, source_of
from sdp_sports.files import read
from sdp_sports.files.standings import Standings
from sdp_sports.spec import load

NBA = load("nba").contests["draftkings_classic"]
POSITIONS = ("PG", "SG", "SF", "PF", "C", "PG/SG", "SF/PF", "PF/C")


def players(seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    salary = (rng.integers(30, 110, 56) * 100).astype(int)
    rows = [
        {
            "Name": f"Day{seed} Player{i}",
            "Position": POSITIONS[i % 8],
            "Team": f"T{i % 6}",
            "Salary": int(salary[i]),
            "Fpts": round(float(salary[i]) / 200 * rng.uniform(0.8, 1.2), 2),
            "Own%": 10.0,
        }
        for i in range(56)
    ]
    return pl.DataFrame(rows).with_columns(**{"Field Proj": pl.col("Fpts") * 1.02})


def standings_csv(table: pl.DataFrame, seed: int, entries: int = 300, hidden: bool = False) -> str:
    rng = np.random.default_rng(seed)
    source = source_of("x", read(table.write_csv().encode())[1])  # type: ignore[arg-type]
    assert source is not None
    fits = [[s.name for s in NBA.slots if set(s.positions) & set(p.split("/"))] for p in source.rows["position"]]
    pool = source.rows.with_columns(roster_slots=pl.Series(fits), game_id=pl.lit(None, pl.String))
    crowd = Crowd(NBA, pool, habit_files.load("nba_classic"))
    rows = crowd.roster.row[crowd.draw(entries, rng)]
    scored = np.round(pool["points"].to_numpy() * rng.uniform(0.5, 1.5, pool.height) * 4) / 4
    share = np.bincount(rows.ravel(), minlength=pool.height) / entries
    names, out = pool["name"].to_list(), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["Rank", "EntryId", "EntryName", "TimeRemaining", "Points", "Lineup", "", "Player", "Roster Position",
         "%Drafted", "FPTS"]
    )  # fmt: skip
    drafted = np.flatnonzero(share > 0)
    for i, lineup in enumerate(sorted(rows.tolist(), key=lambda line: -scored[line].sum())):
        filled = in_slots(lineup, fits)
        if hidden:
            filled[0] = -1
        told = " ".join(
            f"{s.name} {'LOCKED' if r < 0 else names[r]}" for s, r in zip(NBA.expanded_slots, filled, strict=True)
        )
        right = ["", "", "", "", ""]
        if i < len(drafted):
            r = int(drafted[i])
            right = ["", names[r], fits[r][i % len(fits[r])], f"{100 * share[r]:.2f}%", f"{scored[r]}"]
        writer.writerow([i + 1, 1000 + i, f"user{i} (1/2)", 0, scored[lineup].sum(), told, *right])
    return out.getvalue()


def in_slots(lineup: list[int], fits: list[list[str]]) -> list[int]:
    """Put players into slots, the choosiest slot first, by trying again where one is stuck."""
    slots = [s.name for s in NBA.expanded_slots]

    def fill(place: int, left: tuple[int, ...]) -> list[int] | None:
        if place == len(slots):
            return []
        for r in left:
            if slots[place] in fits[r]:
                rest = fill(place + 1, tuple(x for x in left if x != r))
                if rest is not None:
                    return [r, *rest]
        return None

    found = fill(0, tuple(lineup))
    assert found is not None
    return found


def board(text: str) -> Standings:
    content = read(text.encode())[1]
    assert isinstance(content, Standings)
    return content


def sources(*seeds: int) -> list[Source]:
    made = [source_of(f"day{s}.csv", read(players(s).write_csv().encode())[1]) for s in seeds]  # type: ignore[arg-type]
    return [s for s in made if s is not None]


@pytest.fixture(scope="module")
def played() -> list[Finished]:
    days = sources(1, 2, 3)
    return [assemble(f"c{s}", board(standings_csv(players(s), s)), days) for s in (3, 1, 2)]


def test_a_contest_finds_its_own_slate_whatever_the_files_are_called(played: list[Finished]) -> None:
    assert [c.source for c in played] == ["day3.csv", "day1.csv", "day2.csv"]
    first = played[0]
    assert (first.sport, first.mode, first.lost) == ("nba", "classic", 0.0)
    assert len(first.slate.lineups) == first.entries == 300
    assert first.drafted.sum() == pytest.approx(8, abs=0.01)
    salary = first.slate.pool["salary_usd"].to_numpy()
    assert salary[first.slate.lineups].sum(axis=1).max() <= 50_000
    again = (np.nan_to_num(first.scored)[first.slate.lineups]).sum(axis=1)
    np.testing.assert_allclose(np.sort(again), np.sort(first.entry_points))


def test_lineups_stand_in_the_contests_order_whatever_the_sites_is(played: list[Finished]) -> None:
    text, rng = standings_csv(players(3), 3), np.random.default_rng(1)
    whole = board(text)
    mixed = [tuple(e.lineup[i] for i in rng.permutation(len(e.lineup))) for e in whole.entries]
    entries = tuple(dataclasses.replace(e, lineup=lineup) for e, lineup in zip(whole.entries, mixed, strict=True))
    found = assemble("c3", dataclasses.replace(whole, entries=entries), sources(3)).slate
    names = found.pool["name"].to_list()
    slots = [slot.name for slot in NBA.expanded_slots]
    for entry, lineup in zip(entries, found.lineups.tolist(), strict=True):
        assert sorted(zip(slots, (names[r] for r in lineup), strict=True)) == sorted(entry.lineup)
    short = (dataclasses.replace(entries[0], lineup=entries[0].lineup[1:]), *entries[1:])
    kept = assemble("c3", dataclasses.replace(whole, entries=short), sources(3)).slate.lineups
    assert (kept == found.lineups[1:]).all(), "who has no whole lineup is left out"


def test_who_is_called_otherwise_in_the_file_is_found_where_he_alone_is_meant() -> None:
    rows = [
        {"name": name, "team_id": team, "position": position, "salary_usd": 5000, "points": 9.0}
        for name, team, position in (
            ("Mike Evans", "TB", "WR"), ("C. Kirk", "HOU", "WR"), ("Chicago Bears", "CHI", "DST"),
            ("A. Ott", "NE", "RB"), ("Bo Dix", "NE", "RB"), ("A. St. Brown", "DET", "WR"),
        )
    ]  # fmt: skip
    source = source_from("x", rows)
    assert source is not None
    told = keys_of(
        ["Michael Evans", "Christian Kirk", "Bears ", "Al Ott", "Abe Ott", "Bo Dix", "Bob Dix", "Amon-Ra St. Brown"],
        source,
        "nfl",
    )
    assert told["michael evans"] == "mike evans"
    assert (told["christian kirk"], told["bears"], told["bo dix"]) == ("c kirk", "chicago bears", "bo dix")
    assert told["amon ra st brown"] == "a st brown"
    assert not {"al ott", "abe ott", "bob dix"} & set(told), "either may be meant"


def test_a_contest_without_its_slate_or_not_begun_is_refused() -> None:
    with pytest.raises(ValueError, match="this slate"):
        assemble("c1", board(standings_csv(players(1), 1)), sources(2))
    dearer = players(1).with_columns(Salary=(pl.col("Salary") * 1.02 / 100).ceil().cast(pl.Int64) * 100)
    other_day = source_of("other.csv", read(dearer.write_csv().encode())[1])  # type: ignore[arg-type]
    assert other_day is not None
    with pytest.raises(ValueError, match="this slate"):
        assemble("c1", board(standings_csv(players(1), 1)), [other_day])
    with pytest.raises(ValueError, match="not started"):
        assemble("c1", board(standings_csv(players(1), 1, entries=50, hidden=True)), sources(1))
    with pytest.raises(ValueError, match="no projection or salary file"):
        assemble("c1", board(standings_csv(players(1), 1, entries=50)), [])
    told = board(standings_csv(players(1), 1, entries=50))
    silent = dataclasses.replace(told, entries=tuple(dataclasses.replace(e, points=None) for e in told.entries))
    with pytest.raises(ValueError, match="no points"):
        assemble("c1", silent, sources(1))


def test_the_same_contest_has_the_same_digest_and_another_has_not(played: list[Finished]) -> None:
    again = assemble("other name", board(standings_csv(players(3), 3)), sources(3))
    assert (again.digest, again.slate.digest) == (played[0].digest, played[0].slate.digest)
    assert len({c.digest for c in played}) == len({c.slate.digest for c in played}) == 3


def test_a_slates_other_contest_is_told_apart_and_not_learned_from(played: list[Finished]) -> None:
    whole = board(standings_csv(players(3), 3))
    half = dataclasses.replace(whole, entries=whole.entries[::2])
    other = assemble("other stake", half, sources(3))
    assert other.slate.digest == played[0].slate.digest
    assert other.digest != played[0].digest
    assert [g["habits"] for g in backtest.leave_one_out([played[0], other])] == ["shipped", "shipped"]


def test_contests_are_predicted_by_habits_that_have_not_seen_them(played: list[Finished]) -> None:
    told: list[str] = []
    grades = backtest.leave_one_out(played, told.append)
    assert told == [c.name for c in played]
    means = backtest.summary(grades)
    beside = means["with_projected_ownership"]
    assert means["contests"] == beside["contests"] == 3
    assert beside["model_mae"] < 0.5 * beside["projected_mae"]  # the invented field does what the model thinks
    assert beside["model_rank_correlation"] > 0.8
    assert means["field_score_ks"] < 0.2
    assert all(g["habits"] == "shipped, and 2 others" for g in grades)


def test_a_contest_that_the_shipped_habits_saw_is_predicted_from_the_others_alone(
    played: list[Finished], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = habit_files.load("nba_classic").model_copy(update={"slates": (played[0].slate.digest,)})
    monkeypatch.setattr(backtest.shipped, "load_told", lambda _, has_ownership: seen)
    habits, how = backtest.unseen(played[0], played[1:2], said=False)
    assert how == "1 others"
    assert habits.slates == (played[1].slate.digest,)
    assert backtest.unseen(played[0], [], said=False)[0] is backtest.UNLEARNED


def test_scores_of_a_perfect_and_of_a_useless_prediction() -> None:
    real = np.array([0.5, 0.3, 0.2, 0.0])
    perfect = grading.ownership(real, real)
    assert (perfect["mae"], perfect["rank_correlation"], perfect["players"]) == (0.0, 1.0, 3.0)
    assert grading.ownership(real[::-1].copy(), real)["rank_correlation"] == pytest.approx(-1.0)
    assert grading.distance({"a": 1.0}, {"b": 1.0}) == 1.0
    assert grading.distance({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.5}) == 0.0


def test_shapes_count_players_of_a_team() -> None:
    team = pl.Series(["X", "X", "X", "Y", "Y", "Z"])
    found = grading.shapes(np.array([[0, 1, 2, 3], [0, 1, 3, 4], [0, 3, 5, 1], [0, 3, 5, 5]]), team)
    assert found == {"3": 0.25, "2-2": 0.25, "2": 0.5}


def test_a_users_entries_are_placed_and_paid_with_ties_shared() -> None:
    text = standings_csv(players(1), 1, entries=40)
    told = board(text)
    best = max(told.entries, key=lambda e: e.points or 0)
    offer = Offer("x", 5.0, 40, (Prize(1, 1, 100.0), Prize(2, 4, 10.0)))
    mine = grading.entries(told, best.user, offer)
    level = sum(e.points == best.points for e in told.entries)
    due = {1: 100.0, 2: 110.0, 3: 120.0, 4: 130.0}[level] / level
    assert (mine["entries"], mine["best_rank"], mine["cashed"]) == (1, 1, 1)
    assert mine["won_usd"] == pytest.approx(due)
    assert mine["profit_usd"] == pytest.approx(due - 5)
    everybody = [grading.entries(told, e.user, offer)["won_usd"] for e in told.entries]
    assert sum(everybody) == pytest.approx(130)
    assert grading.entries(told, best.user)["profit_usd"] is None
    with pytest.raises(ValueError, match="has no entry"):
        grading.entries(told, "nobody")


def test_projections_are_held_against_the_real_points(played: list[Finished]) -> None:
    told = grading.projections(played[0])
    assert told is not None
    assert 0 < told["mae"] < 15
    assert told["rank_correlation"] > 0.3


def test_a_slate_is_joined_to_its_own_standings_alone() -> None:
    told = board(standings_csv(players(1), 1, entries=60))
    mine, other = sources(1, 2)
    assert join("c1", told, mine, "nba", NBA).lost == 0.0
    with pytest.raises(ValueError, match="contest's own slate"):
        join("c1", told, other, "nba", NBA)
    nfl = load("nfl").contests["draftkings_classic"]
    with pytest.raises(ValueError, match="1 QB"):
        join("c1", told, mine, "nfl", nfl)
    dear = Source("dear", mine.rows.with_columns(salary_usd=pl.col("salary_usd") + 500))
    with pytest.raises(ValueError, match="break the cap"):
        join("c1", told, dear, "nba", NBA)
    assert join("c1", told, dear, "nba", NBA, is_priced=False).entries == 60


def test_lineups_that_were_not_entered_are_ranked_as_if_they_had_been(played: list[Finished]) -> None:
    contest = played[0]
    offer = Offer("x", 5.0, 300, (Prize(1, 1, 100.0), Prize(2, 4, 10.0)))
    points = np.nan_to_num(contest.scored)[contest.slate.lineups].sum(axis=1)
    best, worst = contest.slate.lineups[points.argmax()], contest.slate.lineups[points.argmin()]
    told = grading.lineups(contest, np.stack([best, worst]), offer)
    first, last = told["lineups"]
    level = int((contest.entry_points == points.max()).sum()) + 1
    assert (first["rank"], first["real_points"]) == (1, pytest.approx(points.max(), abs=0.01))
    assert first["won_usd"] == pytest.approx({2: 110.0, 3: 120.0, 4: 130.0}[level] / level, abs=0.01)
    assert last["rank"] == 302 - int((contest.entry_points == points.min()).sum())
    assert told["profit_usd"] == pytest.approx(first["won_usd"] - 10.0, abs=0.01)
    undrafted = int(np.flatnonzero(np.isnan(contest.scored))[0]) if np.isnan(contest.scored).any() else None
    if undrafted is not None:
        strange = np.where(np.arange(8) == 0, undrafted, best)
        assert grading.lineups(contest, strange[None], offer)["unknown"] == 1


def test_a_range_that_holds_everybody_covers_all_and_one_above_all_none(played: list[Finished]) -> None:
    contest = played[0]
    rows = contest.slate.pool.height
    whole = grading.coverage(contest, np.zeros(rows), np.full(rows, 1e4))
    assert whole is not None
    assert (whole["below"], whole["within"], whole["above"]) == (0, 1, 0)
    above = grading.coverage(contest, np.full(rows, 1e3), np.full(rows, 1e4))
    assert above is not None
    assert (above["below"], above["within"]) == (1, 0)
    assert grading.coverage(contest, np.full(rows, np.nan), np.zeros(rows)) is None


def test_the_players_that_matter_are_told_with_both_shares(played: list[Finished]) -> None:
    told = grading.grade(played[0], habit_files.load("nba_classic"))["players"]
    assert sum(p["real_ownership"] for p in told) == pytest.approx(8, abs=0.05)
    assert sum(p["predicted_ownership"] for p in told) == pytest.approx(8, abs=0.05)
    assert {p["salary_usd"] for p in told} <= set(played[0].slate.pool["salary_usd"])


def test_a_captains_points_are_told_before_he_is_multiplied() -> None:
    showdown = next(
        c for c in load("nfl").contests.values() if c.site == "draftkings" and c.mode == "showdown" and c.is_open
    )
    names = [f"Man {n}" for n in range(8)]
    rows = [
        {"name": name, "team_id": "AB"[n % 2], "opponent_id": "BA"[n % 2], "position": "WR", "salary_usd": 5000,
         "points": 10.0}
        for n, name in enumerate(names)
    ]  # fmt: skip
    source = source_from("x", rows)
    assert source is not None
    shape = [s.name for s in showdown.expanded_slots]
    lineup = " ".join(f"{slot} {name}" for slot, name in zip(shape, names, strict=False))
    lines = ["Rank,EntryId,EntryName,TimeRemaining,Points,Lineup,,Player,Roster Position,%Drafted,FPTS"]
    drafted = [("Man 0", "CPT", 30.0), *((f"Man {n}", "FLEX", 4.0 * n) for n in range(1, len(shape)))]
    for n, (who, slot, points) in enumerate(drafted):
        lines.append(f"{n + 1},{n},u{n},0,90,{lineup},,{who},{slot},100.00%,{points}")
    told = join("c", board("\n".join(lines) + "\n"), source, "nfl", showdown)
    scored = dict(zip(told.slate.pool["name"], told.scored.tolist(), strict=True))
    assert (scored["Man 0"], scored["Man 1"]) == (20.0, 4.0)
