"""An uploaded salary file becomes a slate, all of it or nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from sdp_common.db.session import make_engine
from sdp_common.errors import BadInput, Conflict, NotFound
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import players, projections, reference, runs, slates, uploads
from sdp_common.store.players import Person
from sdp_ingestion.slate_import import import_upload
from sdp_sports.files.draftkings import HEADER
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

KICK_OFF = datetime(2023, 11, 26, 21, 25, tzinfo=UTC)
NOW = datetime(2023, 11, 25, tzinfo=UTC)
SLOTS = {"QB": "QB", "RB": "RB/FLEX", "WR": "WR/FLEX", "TE": "TE/FLEX", "DST": "DST"}
INFO = "BUF@PHI 11/26/2023 04:25PM ET"
MEN = [
    ("QB", "Josh Allen", "BUF", 8000),
    ("RB", "D'Andre Swift", "PHI", 6000),
    ("WR", "A.J. Brown", "PHI", 9000),
    ("TE", "Dalton Kincaid", "BUF", 3400),
    ("DST", "Eagles ", "PHI", 3000),
    ("WR", "Unheard Of", "PHI", 3600),
]


def written(men: Any = MEN, info: str = INFO) -> bytes:
    lines = [",".join(HEADER)]
    for number, (position, name, team, salary) in enumerate(men, 100):
        cells = (position, f"{name} ({number})", name, number, SLOTS.get(position, position), salary, info, team, 9.5)
        lines.append(",".join(str(cell) for cell in cells))
    return "\n".join(lines).encode()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    with Session(made) as session, session.begin():
        reference.save_teams(session, "nfl")
        players.save_defences(session, "nfl", {"PHI": "Philadelphia Eagles", "BUF": "Buffalo Bills"})
        game = {"id": "nfl:2023_12_BUF_PHI", "sport": "nfl", "season": 2023, "season_type": "REG", "week": 12}
        sides = {"starts_at": KICK_OFF, "home_team_id": "nfl:PHI", "away_team_id": "nfl:BUF"}
        reference.save_games(session, [game | sides])
        known = [Person([("gsis", name)], name, position, f"nfl:{team}") for position, name, team, _ in MEN[:4]]
        players.save_people(session, "nfl", known)
    yield made
    with made.begin() as connection:
        connection.execute(text("TRUNCATE teams, slates, uploads, runs RESTART IDENTITY CASCADE"))
    made.dispose()


@pytest.fixture
def bring(engine: Engine) -> Callable[..., dict[str, Any]]:
    def brought(
        body: bytes, kind: str = "salaries", filename: str = "DKSalaries.csv", on: date | None = None
    ) -> dict[str, Any]:
        with Session(engine) as session, session.begin():
            run_id = runs.create(session, "ingest-dfs", "import_slate", {}, status="running").id
            upload_id = uploads.save_upload(session, kind=kind, filename=filename, body=body)
        job = Job(run_id, engine=engine, settings=Settings(_env_file=None), now=NOW)
        return import_upload(job, upload_id, on)

    return brought


def last_upload(engine: Engine) -> Any:
    with Session(engine) as session:
        return session.execute(text("SELECT status, report, slate_id FROM uploads ORDER BY id DESC LIMIT 1")).one()


def test_a_file_becomes_a_slate(bring: Any, engine: Engine) -> None:
    report = bring(written())
    assert report["contest"] == "draftkings_classic"
    assert (report["rows"], report["matched"], report["games"]) == (6, 5, 1)
    assert report["unmatched"] == ["Unheard Of (PHI WR, 3,600)"]
    assert report["share_matched"] == 0.75
    with Session(engine) as session:
        slate = slates.slate(session, report["slate_id"])
        assert (slate.starts_at, slate.site, slate.salary_source) == (KICK_OFF, "draftkings", "site")
        frame = slates.draftables(session, slate.id)
        assert frame.filter(frame["position"] == "DST")["player_id"].null_count() == 0
        assert frame["opponent_id"].null_count() == 0
        assert slates.population(session, slate.id, as_of=KICK_OFF).height == 5
    told = last_upload(engine)
    assert (told.status, told.slate_id) == ("accepted", report["slate_id"])
    assert told.report == report


FANDUEL = "Id,Position,First Name,Nickname,Last Name,FPPG,Played,Salary,Game,Team,Opponent,Injury Indicator"


def fanduel() -> bytes:
    lines = [FANDUEL]
    for number, (position, name, team, salary) in enumerate(MEN, 100):
        label = {"DST": "D"}.get(position, position)
        lines.append(f"7-{number},{label},x,{name},y,9.5,10,{salary + 1000},BUF@PHI,{team},,")
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "filename", ["FanDuel-NFL-2023-11-26-16939-players-list.csv", "FanDuel-NFL-2023 ET-11 ET-26 ET-1-players-list.csv"]
)
def test_fanduels_list_becomes_a_slate_of_the_day_in_its_name(bring: Any, engine: Engine, filename: str) -> None:
    report = bring(fanduel(), filename=filename)
    assert (report["contest"], report["rows"], report["matched"], report["games"]) == ("fanduel_classic", 6, 5, 1)
    with Session(engine) as session:
        slate = slates.slate(session, report["slate_id"])
        assert (slate.site, slate.starts_at) == ("fanduel", KICK_OFF)
        frame = slates.draftables(session, slate.id)
    assert dict(frame.select("position", "roster_slots").iter_rows())["DST"] == ["DEF"]
    assert set(frame["salary_usd"]) >= {9000, 4000}


def test_the_batting_order_of_a_list_is_kept_for_stacks(bring: Any, engine: Engine) -> None:
    lines = fanduel().decode().splitlines()
    orders = ["", "0", "1", "9", "", "3"]
    body = "\n".join([f"{lines[0]},Batting Order", *(f"{a},{b}" for a, b in zip(lines[1:], orders, strict=True))])
    report = bring(body.encode(), on=date(2023, 11, 26))
    with Session(engine) as session, session.begin():
        ids = dict(slates.draftables(session, report["slate_id"]).select("name", "id").iter_rows())
        assert slates.knows_order(session, report["slate_id"])
        made = {"slate_id": report["slate_id"], "user_id": None, "kind": "simulated", "name": "s", "as_of": NOW}
        set_id = projections.save_set(session, made | {"inputs": {}}, [])
        listed = {ids["A.J. Brown"]: 1.0, ids["Dalton Kincaid"]: 9.0, ids["Unheard Of"]: 3.0}
        assert projections.told_besides(session, set_id) == {projections.BATTING_ORDER: listed}
        own = {"draftable_id": ids["Josh Allen"], "stat": projections.BATTING_ORDER, "mean": 2.0}
        told = projections.save_set(session, made | {"inputs": {}}, [own])
        assert projections.told_besides(session, told) == {projections.BATTING_ORDER: {ids["Josh Allen"]: 2.0}}
        assert not slates.knows_order(session, bring(written())["slate_id"])


def test_a_file_without_days_asks_for_one(bring: Any) -> None:
    with pytest.raises(BadInput, match="does not date its games"):
        bring(fanduel())
    assert bring(fanduel(), on=date(2023, 11, 26))["games"] == 1
    with pytest.raises(BadInput, match="2019-11-26 is known"):
        bring(fanduel(), on=date(2019, 11, 26))


def test_bringing_it_again_is_the_same_slate(bring: Any, engine: Engine) -> None:
    first = bring(written())
    dearer = bring(written([*MEN[:5], ("WR", "Unheard Of", "PHI", 3700)]))
    assert dearer["slate_id"] == first["slate_id"]
    with Session(engine) as session:
        assert slates.draftables(session, first["slate_id"]).height == 6


def test_a_game_in_progress_is_found_by_its_team(bring: Any, engine: Engine) -> None:
    body = written().replace(f"6000,{INFO}".encode(), b"6000,In Progress")
    report = bring(body)
    assert (report["matched"], report["games"]) == (5, 1)


def test_a_showdown_has_a_draftable_for_each_copy_of_a_player(bring: Any, engine: Engine) -> None:
    body = written([(slot, *man[1:]) for slot in ("FLEX", "CPT") for man in MEN]).decode().split("\n")
    positions = [man[0] for man in MEN] * 2
    rows = [
        f"{position}{line.removeprefix('CPT').removeprefix('FLEX')}"
        for position, line in zip(positions, body[1:], strict=True)
    ]
    dearer = [re.sub(r",CPT,(\d+),", lambda m: f",CPT,{int(m[1]) * 3 // 2},", row) for row in rows]
    report = bring("\n".join([body[0], *dearer]).encode())
    assert (report["contest"], report["rows"], report["matched"]) == ("draftkings_showdown", 12, 10)
    with Session(engine) as session:
        frame = slates.draftables(session, report["slate_id"]).filter(pl.col("name") == "Josh Allen")
    assert sorted(frame["roster_slots"].to_list()) == [["CPT"], ["FLEX"]]
    assert frame["salary_usd"].to_list() == [8000, 8000], "the slot multiplies, not the player's price"
    assert frame["player_id"].n_unique() == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (written().replace(b"8000", b"-8000"), "1 thing is wrong"),
        (written(info="KC@LV 11/26/2023 04:25PM ET"), "load that season's schedule first"),
        (written(info="BUF@PHI 11/26/2019 04:25PM ET"), "2019-11-26 is known"),
        (written(info="Final"), "all have started"),
        (written(info="The Open"), "an event without teams"),
        (written([("CPT", *man[1:]) for man in MEN]), "drafted with CPT"),
        (written([("PG/G/UTIL", *man[1:]) for man in MEN]), "drafted with G, PG, UTIL"),
    ],
)
def test_what_cannot_be_used_is_refused_and_leaves_nothing(bring: Any, engine: Engine, body: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        bring(body)
    told = last_upload(engine)
    assert (told.status, told.slate_id) == ("refused", None)
    assert words in told.report["message"]
    with Session(engine) as session:
        assert slates.by_source(session, "draftkings_csv") == {}


def test_problems_reach_the_report_with_row_and_column(bring: Any, engine: Engine) -> None:
    with pytest.raises(BadInput):
        bring(written().replace(b"8000", b"text"))
    (problem,) = last_upload(engine).report["problems"]
    assert (problem["row"], problem["column"]) == (2, "Salary")


def test_other_uploads_are_not_for_this(bring: Any, engine: Engine) -> None:
    with pytest.raises(Conflict, match="projections"):
        bring(written(), kind="projections")
    job = Job(1, engine=engine, settings=Settings(_env_file=None), now=NOW)
    with pytest.raises(NotFound):
        import_upload(job, 987654)
