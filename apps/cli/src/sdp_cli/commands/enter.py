"""`sdp enter`: the entries of a file filled from one pool of lineups, each contest with its own rules and objective."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.table import Table
from sdp_common.errors import BadInput, Infeasible, Problem
from sdp_engine.contest import habits
from sdp_engine.contest.compose import Slate
from sdp_engine.contest.divide import Filled, by_entry, divide
from sdp_engine.contest.groups import Group, columns_of, group_entries, may_be_filled
from sdp_engine.optimize.offer import Offer
from sdp_engine.optimize.solve import NoLineup
from sdp_sports.entering import Entering
from sdp_sports.rules import Rules
from sdp_sports.spec import Sport

from sdp_cli.commands.entries import contest_of, offer_of, read_entries, started_of, with_started, write_entries
from sdp_cli.commands.file_worlds import draw, read_money
from sdp_cli.commands.files import read_object
from sdp_cli.commands.lineup_files import left_out
from sdp_cli.commands.lineups import check_writable
from sdp_cli.commands.optimize import read_projections, said
from sdp_cli.console import Reporter, out, print_json

_UNKNOWN = f"there is no field of this name: there are {', '.join(Entering.model_fields)}"


def enter(
    entries: Annotated[Path, typer.Option(help="The site's entries file, as downloaded (it lists the players).")],
    file: Annotated[Path | None, typer.Option("--out", help="Write the same file with the lineups here.")] = None,
    projections: Annotated[Path | None, typer.Option(help="Projections; else the site's average points.")] = None,
    rules: Annotated[
        Path | None, typer.Option(help="JSON file of rules for all and for single contests; see the reference.")
    ] = None,
    contest: Annotated[str | None, typer.Option(help="The contest's code, where the file may be for several.")] = None,
    reserved: Annotated[bool, typer.Option("--reserved", help="Only entries that hold nobody yet.")] = False,
    repeats: Annotated[bool, typer.Option("--repeats", help="A lineup may stand in several contests.")] = False,
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help="Projections: OURS=THEIRS, such as points=Median; repeatable.")
    ] = None,
    started: Annotated[
        list[str] | None,
        typer.Option(
            help="A team whose game has started, or the game (BOS@NYK), where the file does not say; repeatable."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with every contest and lineup.")] = False,
) -> None:
    """Fill entries: one group a contest, each lineup where it earns most. Without --out, list the groups."""
    check_writable(file, entries, projections, rules)
    body, content = read_entries(entries)
    sport, key = contest_of(content, contest, entries)
    content = with_started(content, sport, started or ())
    asked = read_entering(rules)
    asked = asked.model_copy(
        update={"reserved_only": reserved or asked.reserved_only, "repeats": repeats or asked.repeats}
    )
    try:
        closed = started_of(content)
        groups = group_entries(content.entries, asked, closed)
    except ValueError as error:
        raise BadInput(f"the rules cannot be used: {error}") from error
    if not groups:
        raise BadInput(f"{entries} has no entry to fill: those with a started player are exchanged by `sdp swap`")
    offered = _drafted(
        offer_of(sport, key, content, read_projections(projections, mapped or ()), columns=columns_of(groups))
    )
    if file is None:
        _print_groups(groups, sum(not may_be_filled(one, closed) for one in content.entries), as_json=as_json)
        return
    filled = _fill(sport, offered, groups, asked)
    write_entries(file, body, content.site, offered, by_entry(filled))
    document = told(offered, filled) | {"untouched": len(content.entries) - sum(len(g.entry_ids) for g in groups)}
    print_json(document) if as_json else _print(offered, document, file)


def read_entering(file: Path | None) -> Entering:
    """Return how entries are to be filled, from a JSON file; `payouts` names a payout table beside it.

    Raises:
        BadInput: It cannot be read, or says what cannot be.
    """
    if file is None:
        return Entering()
    given = read_object(file, 'rules for entries, like {"rules": {"min_unique": 2}, "contests": []}')
    contests = given.get("contests")
    if isinstance(contests, list):
        given = given | {"contests": [_with_payouts(one, file.parent) for one in contests]}
    try:
        return Entering.model_validate(given)
    except ValidationError as error:
        problems = [Problem(_said(e), column=".".join(map(str, e["loc"]))) for e in error.errors()]
        raise BadInput(f"{file} cannot be used", problems) from error


def _said(error: ErrorDetails) -> str:
    """Return what is wrong with how entries are to be filled, to somebody who wrote it by hand."""
    if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
        name = str(error["loc"][0])
        return f'rules stand in "rules": {{"rules": {{"{name}": ...}}}}' if name in Rules.model_fields else _UNKNOWN
    at = [str(part) for part in error["loc"]]
    return said(error, error["loc"][: at.index("rules") + 1] if "rules" in at else ())


def _with_payouts(given: Any, folder: Path) -> Any:
    """Return a contest with its payout table as an offer, where it names one."""
    if not isinstance(given, dict) or not isinstance(given.get("payouts"), str):
        return given
    money = read_money(folder / given["payouts"], given.get("entries"), given.get("fee_usd"))
    prizes = [vars(prize) for prize in money.prizes]
    offer = {"name": money.name, "fee_usd": money.fee_usd, "entries": money.entries, "prizes": prizes}
    rest = {name: value for name, value in given.items() if name not in {"payouts", "entries", "fee_usd"}}
    return rest | {"offer": offer | {"entries_max_per_user": money.entries_max_per_user}}


def _drafted(offered: Offer) -> Offer:
    """Return the offer with those alone who may still be drafted."""
    pool = offered.pool
    return Offer(
        offered.contest,
        pool.filter(pool["draftable_id"].is_in(list(offered.open_ids))),
        offered.starts,
        offered.unmatched,
        offered.unprojected,
        offered.open_ids,
    )


def _fill(sport: Sport, offered: Offer, groups: list[Group], asked: Entering) -> list[Filled]:
    reporter = Reporter()
    points = draw(sport, offered, asked.rules.seed)
    slate = Slate(offered.contest, sport.stacks, offered.pool, points, offered.starts)
    try:
        return divide(
            slate,
            groups,
            habits.load(f"{sport.code}_{offered.contest.mode}"),
            candidates=asked.candidates,
            repeats=asked.repeats,
            ticket_value=asked.ticket_value,
            on_share=lambda share, what: reporter.progress("entries", share, what),
        )
    except NoLineup as error:
        raise Infeasible(str(error), error.rules) from error
    except ValueError as error:
        raise BadInput(f"the entries cannot be filled: {error}") from error
    finally:
        reporter.clear()


def told(offered: Offer, filled: list[Filled]) -> dict[str, Any]:
    """Return what became of every contest and entry, as plain values."""
    known = {row["draftable_id"]: row for row in offered.pool.to_dicts()}
    slots = [slot.name for slot in offered.contest.expanded_slots]
    return {
        "contest": offered.contest.code,
        "unmatched": [p.name or p.external_id for p in offered.unmatched],
        "groups": [one.summary() for one in filled],
        "entries": [
            {
                "entry_id": entry,
                "contest": one.group.contest,
                "points": round(points, 4),
                "earned_usd": earned,
                "players": [
                    {"slot": slot, "id": known[i]["external_id"], "name": known[i]["name"]}
                    for slot, i in zip(slots, ids, strict=True)
                ],
            }
            for one in filled
            for entry, ids, points, earned in zip(
                one.group.entry_ids, one.lineups, one.points, one.earned_usd, strict=True
            )
        ],
    }


def _print_groups(groups: list[Group], untouched: int, *, as_json: bool) -> None:
    rows = [
        {"contest": g.contest, "name": g.name, "entries": len(g.entry_ids), "fee_usd": g.fee_usd,
         "objective": g.objective} for g in groups
    ]  # fmt: skip
    if as_json:
        print_json({"groups": rows, "untouched": untouched})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("contest", "name", "entries", "fee_usd", "objective"):
        table.add_column(column)
    for row in rows:
        table.add_row(*("-" if value is None else str(value) for value in row.values()))
    out.print(table)
    if untouched:
        out.print(f"{untouched} entries hold a started player and are left alone: `sdp swap` exchanges them")


def _print(offered: Offer, document: dict[str, Any], file: Path) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("contest", "entries", "for", "points a lineup", "most of one player", "ROI"):
        table.add_column(column, justify="left" if column in {"contest", "for"} else "right")
    for group in document["groups"]:
        roi = "-" if group["roi"] is None else f"{group['roi']:+.1%}"
        most = f"{group['top_player']['share']:.0%}"
        row = [group["name"], str(group["entries"]), group["objective"], f"{group['points_mean']:.2f}", most, roi]
        table.add_row(*row)
    out.print(table)
    left = f", {document['untouched']} left as they were" if document["untouched"] else ""
    out.print(f"wrote {file}: {len(document['entries'])} entries filled{left}", highlight=False)
    for line in left_out(offered):
        out.print(line, highlight=False, markup=False)
