"""`sdp swap`: late swap of an entries file, without a database or a server."""

from pathlib import Path
from typing import Annotated

import typer
from sdp_common.errors import BadInput, Problem
from sdp_engine.optimize.faults import check_rules
from sdp_engine.optimize.offer import Offer
from sdp_engine.optimize.swap import Place, Swap
from sdp_engine.optimize.swap import swap as swap_entries
from sdp_sports.files.entries import Entry
from sdp_sports.rules import Rules
from sdp_sports.spec import Sport

from sdp_cli.commands.entries import contest_of, offer_of, read_entries, started_of, with_started, write_entries
from sdp_cli.commands.lineup_files import left_out
from sdp_cli.commands.lineups import check_writable
from sdp_cli.commands.optimize import read_projections, read_rules
from sdp_cli.console import Reporter, out, print_json


def swap(
    entries: Annotated[Path, typer.Option(help="The site's entries file, as downloaded (it lists the players).")],
    file: Annotated[Path, typer.Option("--out", help="Write the same file with the new lineups here.")],
    projections: Annotated[Path | None, typer.Option(help="Projections; else the site's average points.")] = None,
    contest: Annotated[str | None, typer.Option(help="The contest's code, where the file may be for several.")] = None,
    rules: Annotated[
        Path | None, typer.Option(help="JSON file of rules, as docs/reference/optimizer.md has them.")
    ] = None,
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help="Projections: OURS=THEIRS, such as points=Median; repeatable.")
    ] = None,
    started: Annotated[
        list[str] | None,
        typer.Option(
            help="A team whose game has started, or the game (BOS@NYK), where the file does not say; repeatable."
        ),
    ] = None,
    objective: Annotated[
        str, typer.Option(help="points, floor, ceiling, a quantile such as 0.8, or a column.")
    ] = "points",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with what became of every entry.")] = False,
) -> None:
    """Exchange the players who have not started yet: finished entries and started players stay as they are."""
    check_writable(file, entries, projections, rules)
    body, content = read_entries(entries)
    sport, key = contest_of(content, contest, entries)
    content = with_started(content, sport, started or ())
    offered = offer_of(sport, key, content, read_projections(projections, mapped or ()), objective)
    if not offered.starts and not started_of(content):
        Reporter().say(
            f"{entries} does not say which games have started: nobody counts as started. Say it: --started TEAM"
        )
    numbers = {row["external_id"]: row["draftable_id"] for row in offered.pool.to_dicts()}
    closed = started_of(content)
    whole = [entry for entry in content.entries if _is_known(entry, numbers)]
    asked = read_rules(rules, max(1, len(whole)))
    if faults := check_rules(asked, offered.contest, offered.pool, sport.stacks):
        raise BadInput("the rules cannot be used", [Problem(f.message, column=f"rules.{f.field}") for f in faults])
    swapped = _swap(sport, offered, asked, [_places(entry, numbers, closed) for entry in whole])
    done = {e.entry_id: s.draftable_ids for e, s in zip(whole, swapped, strict=True) if s.outcome == "swapped"}
    write_entries(file, body, content.site, offered, done)
    told = {o: sum(s.outcome == o for s in swapped) for o in ("swapped", "same", "kept", "finished")}
    told["unknown"] = len(content.entries) - len(whole)
    if as_json:
        by_entry = [{"entry_id": e.entry_id, "outcome": s.outcome} for e, s in zip(whole, swapped, strict=True)]
        unmatched = [p.name or p.external_id for p in offered.unmatched]
        print_json({"contest": offered.contest.code, **told, "unmatched": unmatched, "entries": by_entry})
        return
    out.print(f"wrote {file}: {', '.join(f'{n} {what}' for what, n in told.items() if n)}", highlight=False)
    for line in left_out(offered):
        out.print(line, highlight=False, markup=False)


def _is_known(entry: Entry, numbers: dict[str, int]) -> bool:
    """Return whether everybody of an entry is in the pool; a reserved entry has nobody yet."""
    return all(place.external_id in numbers if place.external_id else not place.is_locked for place in entry.places)


def _places(entry: Entry, numbers: dict[str, int], closed: set[str]) -> list[Place]:
    """Return who stands where and who must stay: who has no projection goes, as long as he has not started."""
    return [
        (numbers[p.external_id] if p.external_id else None, p.is_locked or p.external_id in closed)
        for p in entry.places
    ]


def _swap(sport: Sport, offered: Offer, rules: Rules, places: list[list[Place]]) -> list[Swap]:
    reporter = Reporter()

    def told(done: int) -> None:
        reporter.progress("late swap", done / max(len(places), 1), f"{done} of {len(places)} entries")

    try:
        return swap_entries(
            offered.contest, offered.pool, rules, sport.stacks, places, offered.open_ids,
            starts=offered.starts, on_entry=told,
        )  # fmt: skip
    except ValueError as error:
        raise BadInput(str(error)) from error
    finally:
        reporter.clear()
