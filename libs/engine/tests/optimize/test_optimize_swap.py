"""Late swap: what may change changes for the better, what may not stays."""

import random
from collections import Counter

import polars as pl
import pytest
from sdp_engine.frames import POOL
from sdp_engine.optimize.check import check_lineup
from sdp_engine.optimize.solve import solve
from sdp_engine.optimize.swap import Place, swap
from sdp_sports.rules import Rules
from sdp_sports.spec import find_contest

SPORT, KEY = find_contest("dk_nba_classic")
CONTEST = SPORT.contests[KEY]


def a_pool(seed: int) -> pl.DataFrame:
    rng, rows = random.Random(seed), []
    for team in range(8):
        for place in ("PG", "SG", "SF", "PF", "C") * 2:
            second = rng.choice(["PG", "SG", "SF", "PF", "C"])
            played = [place] if second == place or rng.random() < 0.6 else [place, second]
            number = len(rows) + 1
            rows.append(
                {
                    "draftable_id": number, "player_id": number, "name": f"{place} {number}", "team_id": f"T{team}",
                    "opponent_id": f"T{team ^ 1}", "game_id": f"G{team // 2}", "position": "/".join(played),
                    "roster_slots": [s.name for s in CONTEST.slots if set(played) & set(s.positions)],
                    "salary_usd": rng.randrange(3500, 9500, 100), "points": round(rng.uniform(10, 50), 2),
                }
            )  # fmt: skip
    return pl.DataFrame(rows, schema=dict(POOL))


def value(pool: pl.DataFrame, ids: tuple[int | None, ...]) -> float:
    return float(pool.filter(pl.col("draftable_id").is_in([i for i in ids if i is not None]))["points"].sum())


@pytest.fixture(scope="module")
def entered() -> tuple[pl.DataFrame, list[list[Place]], frozenset[int]]:
    """Thirty entries built before two games began, of which one is new information for the rest."""
    before = a_pool(1)
    built = solve(CONTEST, before, Rules(lineups=30, min_unique=2, max_exposure=0.6), SPORT.stacks)
    started = set(before.filter(pl.col("game_id").is_in(["G0", "G1"]))["draftable_id"].to_list())
    entries: list[list[Place]] = [[(i, i in started) for i in x.draftable_ids] for x in built]
    entries.append([(i, True) for i, _ in entries[3]])
    del entries[3]
    after = a_pool(2).with_columns(before[c] for c in before.columns if c != "points")
    return after, entries, frozenset(before["draftable_id"].to_list()) - started


def test_started_players_stay_and_the_rest_gets_better(
    entered: tuple[pl.DataFrame, list[list[Place]], frozenset[int]],
) -> None:
    pool, entries, open_ids = entered
    rules = Rules(min_unique=2, max_exposure=0.6)
    found = swap(CONTEST, pool, rules, SPORT.stacks, entries, open_ids)
    assert [x.outcome for x in found].count("finished") == 1
    assert found[-1].draftable_ids == tuple(i for i, _ in entries[-1])
    for places, one in zip(entries, found, strict=True):
        assert all(after == i for after, (i, fixed) in zip(one.draftable_ids, places, strict=True) if fixed)
        new = {i for i, (_, fixed) in zip(one.draftable_ids, places, strict=True) if not fixed}
        if one.outcome == "swapped":
            assert new <= open_ids
        rows = pl.concat([pool.filter(pl.col("draftable_id") == i) for i in one.draftable_ids])
        assert check_lineup(CONTEST, rows) == []
    assert len({frozenset(x.draftable_ids) for x in found}) == len(found)
    used = Counter(i for x in found for i in x.draftable_ids)
    stay = {i for places in entries for i, fixed in places if fixed}
    most = rules.model_copy(update={"lineups": len(entries)}).most(0.6)
    swapped = {i for x in found if x.outcome == "swapped" for i in x.draftable_ids} - stay
    assert max(used[i] for i in swapped) <= most
    gained = sum(value(pool, x.draftable_ids) for x in found) - sum(
        value(pool, tuple(i for i, _ in p)) for p in entries
    )
    assert gained > 0


def test_one_entry_becomes_the_best_that_holds_its_started_players(
    entered: tuple[pl.DataFrame, list[list[Place]], frozenset[int]],
) -> None:
    pool, entries, open_ids = entered
    for places in entries[:8]:
        fixed = tuple(i for i, stays in places if stays and i is not None)
        (one,) = swap(CONTEST, pool, Rules(), SPORT.stacks, [places], open_ids)
        assert value(pool, one.draftable_ids) >= value(pool, tuple(i for i, _ in places)) - 1e-9
        allowed = pool.filter(pl.col("draftable_id").is_in([*open_ids, *fixed]))
        (anywhere,) = solve(CONTEST, allowed, Rules(lineups=1, locked=fixed), SPORT.stacks)
        assert value(pool, one.draftable_ids) <= anywhere.points + 1e-9
        stand = {i: [slot.name] for slot, (i, stays) in zip(CONTEST.expanded_slots, places, strict=True) if stays}
        tied = allowed.with_columns(
            roster_slots=pl.struct("draftable_id", "roster_slots").map_elements(
                lambda r, stand=stand: stand.get(r["draftable_id"], r["roster_slots"]), return_dtype=pl.List(pl.String)
            )
        )  # one slot of each name: to stand in it is to stand in that place
        (best,) = solve(CONTEST, tied, Rules(lineups=1, locked=fixed), SPORT.stacks)
        assert value(pool, one.draftable_ids) == pytest.approx(best.points, abs=1e-9)


def test_reserved_entries_are_filled_and_strangers_refused(
    entered: tuple[pl.DataFrame, list[list[Place]], frozenset[int]],
) -> None:
    pool, _, open_ids = entered
    empty: list[Place] = [(None, False)] * CONTEST.roster_size
    found = swap(CONTEST, pool, Rules(), SPORT.stacks, [empty, empty], open_ids)
    assert [x.outcome for x in found] == ["swapped", "swapped"]
    assert found[0].draftable_ids != found[1].draftable_ids
    with pytest.raises(ValueError, match="entry 1 does not hold"):
        swap(CONTEST, pool, Rules(), SPORT.stacks, [[(99_999, False), *empty[1:]]], open_ids)


def test_entries_of_the_same_fixed_players_are_swapped_as_each_would_be_after_the_others(
    entered: tuple[pl.DataFrame, list[list[Place]], frozenset[int]],
) -> None:
    """The model of entries with the same fixed players is kept: it must not matter."""
    pool, entries, open_ids = entered
    alike = [entries[0], entries[1], entries[0], [(None, False)] * len(entries[0]), entries[1], entries[0]]
    found = swap(CONTEST, pool, Rules(min_unique=2), SPORT.stacks, alike, open_ids)
    assert len({frozenset(x.draftable_ids) for x in found}) == len(alike)
    for n, places in enumerate(alike):
        before: list[list[Place]] = [[(i, True) for i in x.draftable_ids] for x in found[:n]]
        afterwards = swap(CONTEST, pool, Rules(min_unique=2), SPORT.stacks, [*before, places], open_ids)
        assert afterwards[-1].draftable_ids == found[n].draftable_ids
