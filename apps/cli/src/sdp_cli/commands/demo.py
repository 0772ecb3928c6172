"""`sdp demo`: the whole platform on real, packaged data, from box scores to an upload file."""

import re
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from rich.table import Table
from sdp_common.db.session import session_scope
from sdp_common.errors import NotFound, PlatformError
from sdp_common.store import slates

from sdp_cli.commands.ingest import check_crawl
from sdp_cli.commands.lineups import points, read_set, total, write_lineups
from sdp_cli.console import err, out, print_error, print_json
from sdp_cli.home import Home
from sdp_cli.pipeline import Pipeline, optimize, prepare, settle, simulate
from sdp_cli.workplace import Workplace, workplace

SPORT = "nfl"
CONTEST = "draftkings_classic"
PROVIDER = "nflgame"
FIRST_SEASON = 2009
LAST_SEASON = 2019
MARKETS = (
    "involved",
    "passing_yards",
    "passing_attempts",
    "passing_tds",
    "interceptions",
    "rushing_yards",
    "rushing_attempts",
    "targets",
    "receptions",
    "receiving_yards",
    "anytime_touchdown",
    "draftkings_points",
)
"""Who takes part at all, and what the simulation and the contest are made of; `train` without a choice trains more."""
RULES: dict[str, Any] = {"lineups": 20, "stack": "qb_two", "max_exposure": 0.5, "min_unique": 2}
"""Twenty lineups that differ, each a quarterback with two of his receivers."""


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop when the job is done, for CI.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    season: Annotated[int, typer.Option(min=FIRST_SEASON + 1, max=LAST_SEASON, help="Season of the slate.")] = 2019,
    week: Annotated[int, typer.Option(min=1, max=17, help="Week of the slate.")] = 12,
    worlds: Annotated[int, typer.Option(min=100, help="Worlds to simulate.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 1,
    again: Annotated[bool, typer.Option("--again", help="Do every stage anew, even where nothing changed.")] = False,
    port: Annotated[int | None, typer.Option(help="Port of the web app; where taken, an error.")] = None,
) -> None:
    """Load real seasons, train, simulate a slate, build lineups and open the app, until Ctrl-C."""
    started = time.monotonic()
    with workplace(None, port=port) as place:
        pipeline = place.pipeline(keep=not again)
        pipeline.note("start", None, time.monotonic() - started)
        try:
            story = main_job(place, pipeline, season, week, worlds, seed)
        except PlatformError as error:
            if as_json:
                print_json({"ok": False, "error": error.message, "stages": [asdict(r) for r in pipeline.reports]})
            else:
                print_error(error)
            raise typer.Exit(1) from error
        story["seconds"] = round(time.monotonic() - started, 2)
        if as_json:
            print_json(story)
        else:
            show(story, place)
        if not once:
            _stay(place)


def main_job(place: Workplace, pipeline: Pipeline, season: int, week: int, worlds: int, seed: int) -> dict[str, Any]:
    """Do every stage and return the story as JSON values.

    Raises:
        PlatformError: A stage failed.
    """
    seasons = list(range(FIRST_SEASON, LAST_SEASON + 1))
    crawl = {"provider": PROVIDER, "sport": SPORT, "seasons": seasons}
    check_crawl(pipeline.stage("load box scores", "ingest-stats", "crawl", **crawl))
    slate_id = _price(place, pipeline, season, week)
    with session_scope(place.engine) as session:
        slate = slates.slate(session, slate_id)
        name, until = slate.name, slate.starts_at.isoformat()
    prepare(pipeline, SPORT, slate_id, until, markets=MARKETS)
    set_id = simulate(pipeline, slate_id, worlds, seed)
    began = time.monotonic()
    pipeline.user_id = place.sign_in()
    pipeline.note("sign in to the web app", None, time.monotonic() - began)
    lineup_set_id = optimize(pipeline, slate_id, set_id, RULES)
    settle(pipeline, lineup_set_id)
    began = time.monotonic()
    file = _file(place.home, name, lineup_set_id)
    write_lineups(place, lineup_set_id, file)
    detail = read_set(place, lineup_set_id)
    pipeline.note("write upload file", len(detail["lineup_list"]), time.monotonic() - began)
    return {
        "ok": True,
        "slate": {"id": slate_id, "name": name, "salaries": detail["salary_source"], "starts_at": until},
        "projection_set_id": set_id,
        "lineup_set_id": lineup_set_id,
        "lineups": len(detail["lineup_list"]),
        "projected_points": total(detail["lineup_list"], "projected_points"),
        "realised_points": total(detail["lineup_list"], "realised_points"),
        "best_lineup": detail["lineup_list"][0],
        "upload_file": str(file),
        "address": place.address(),
        "account_file": str(place.home.account) if place.account.password else None,
        "stages": [asdict(report) for report in pipeline.reports],
    }


def _price(place: Workplace, pipeline: Pipeline, season: int, week: int) -> int:
    """Return the slate of the week, priced anew where a person deleted the one an earlier run made."""
    params = {"sport": SPORT, "season": season, "week": week, "contest": CONTEST}
    for _ in range(2):
        slate_id = int(pipeline.stage("price the slate", "features", "price_slate", **params)["slate_id"])
        try:
            with session_scope(place.engine) as session:
                slates.slate(session, slate_id)
        except NotFound:
            pipeline.keep = False
            pipeline.reports.pop()
        else:
            return slate_id
    raise NotFound(f"the slate of week {week} of {season} was priced and is gone: somebody deletes it as we go")


def _file(home: Home, slate_name: str, lineup_set_id: int) -> Path:
    folder = home.folder / "exports"
    folder.mkdir(exist_ok=True)
    words = re.sub(r"[^a-z0-9]+", "-", slate_name.lower()).strip("-")
    return folder / f"{words}-modelled-salaries-{lineup_set_id}.csv"


def show(story: dict[str, Any], place: Workplace) -> None:
    """Print what was done, what came of it and how to look at it."""
    stages = Table(box=None, pad_edge=False, header_style="bold")
    stages.add_column("stage")
    stages.add_column("rows", justify="right")
    stages.add_column("seconds", justify="right")
    for stage in story["stages"]:
        rows = "" if stage["rows"] is None else f"{stage['rows']:,}"
        stages.add_row(stage["title"], rows, "kept" if stage["kept"] else f"{stage['seconds']:.1f}")
    stages.add_section()
    stages.add_row("all", "", f"{story['seconds']:.1f}")
    out.print(stages)
    out.print(
        f"\n[bold]{story['slate']['name']}[/] (modelled salaries: priced by us, not by the site)", highlight=False
    )
    best = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("slot", "player", "team", "salary (modelled)", "projected", "realised"):
        best.add_column(column, justify="right" if column in {"salary (modelled)", "projected", "realised"} else "left")
    for player in story["best_lineup"]["players"]:
        figures = (points(player["projected_points"]), points(player["realised_points"]))
        best.add_row(player["slot"], player["name"], player["team"] or "", f"{player['salary_usd']:,}", *figures)
    out.print(best)
    count = story["lineups"]
    projected, realised = story["projected_points"], story["realised_points"]
    out.print(
        f"\n{count} lineups: projected {points(projected)}, realised {points(realised)} points in all"
        + (f" ({projected / count:.1f} and {realised / count:.1f} a lineup)" if projected and realised else ""),
        highlight=False,
    )
    out.print(f"upload file: {story['upload_file']}", highlight=False, soft_wrap=True)
    account = place.account
    out.print(f"\nopen [bold]{story['address']}[/]", highlight=False)
    if account.password:
        out.print(f"sign in as {account.username} with password {account.password}", highlight=False, markup=False)
        out.print(f"(kept in {place.home.account})", highlight=False, soft_wrap=True)
    else:
        out.print("sign in with the account you made", highlight=False)


def _stay(place: Workplace) -> None:
    """Stay up until Ctrl-C, where it was us who started the platform."""
    if not place.platform.ours:
        err.print("the platform was up before and stays up")
        return
    err.print("\nup until Ctrl-C")
    with suppress(KeyboardInterrupt):
        psutil.Process(place.platform.pid).wait()
        err.print("the platform has stopped: see `sdp status`")
        raise typer.Exit(1)
    err.print("stopping")
