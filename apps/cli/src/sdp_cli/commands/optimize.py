"""`sdp optimize`: lineups from files alone, without a database or a server."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.table import Table
from sdp_common.errors import BadInput, Infeasible, Problem
from sdp_common.intake import refusals_as_bad_input
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.faults import check_rules, meant
from sdp_engine.optimize.offer import Offer, offer, unfilled
from sdp_engine.optimize.program import slot_salary
from sdp_engine.optimize.solve import Lineup, NoLineup, solve
from sdp_sports.files import SalaryFile, read
from sdp_sports.files.columns import no_longer
from sdp_sports.files.identify import with_slots
from sdp_sports.files.projections import Projection, Projections
from sdp_sports.files.salaries import Salary
from sdp_sports.files.tables import salaries_of
from sdp_sports.rules import Rules
from sdp_sports.spec import Sport, find_contest

from sdp_cli.commands.contests import find
from sdp_cli.commands.file_worlds import build_for, draw, read_money, told
from sdp_cli.commands.files import mapping_of, read_bytes, read_object
from sdp_cli.commands.lineup_files import as_document, check_room, left_out, write_lineups
from sdp_cli.commands.lineups import check_writable
from sdp_cli.commands.mappings import remember, remembered
from sdp_cli.console import Reporter, out, print_json

SHOWN = 20
"""Lineups shown to a person."""


def optimize(
    salaries: Annotated[Path, typer.Option(help="The site's salary export.")],
    contest: Annotated[str, typer.Option(help="The contest's code, as `sdp contests` lists it.")],
    projections: Annotated[Path | None, typer.Option(help="Projections; else the site's average points.")] = None,
    rules: Annotated[
        Path | None, typer.Option(help="JSON file of rules, as docs/reference/optimizer.md has them.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--lineups", min=1, max=10_000, help="How many lineups; else as the rules say, or 20.")
    ] = None,
    objective: Annotated[
        str, typer.Option(help="points, floor, ceiling, a quantile such as 0.8, or a column.")
    ] = "points",
    worlds: Annotated[
        int | None, typer.Option("--worlds-per-lineup", min=1, help="Build each on the mean of so many worlds.")
    ] = None,
    payouts: Annotated[
        Path | None, typer.Option(help="A payout table: build the lineups that win most together in this contest.")
    ] = None,
    entries: Annotated[
        int | None, typer.Option(min=2, help="Entries of the contest, where its file does not say.")
    ] = None,
    fee: Annotated[float | None, typer.Option(min=0, help="Entry fee, USD, where the file does not say.")] = None,
    candidates: Annotated[
        int, typer.Option(min=50, max=5000, help="Worlds that propose a lineup, with --payouts.")
    ] = 1000,
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help="Projections: OURS=THEIRS, such as points=Median; repeatable.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--out", help="Write the site's upload file here, or JSON (.json).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with every lineup.")] = False,
) -> None:
    """Build lineups from files alone: the best one after another, each proven."""
    check_writable(file, salaries, projections, rules, payouts)
    if payouts is None and (entries is not None or fee is not None):
        raise BadInput("--entries and --fee tell of a contest: bring its payout table, too, with --payouts")
    asked = read_rules(rules, count)
    if worlds is not None:
        asked = asked.model_copy(update={"worlds_per_lineup": worlds})
    sport, key = find(contest)
    money = None if payouts is None else read_money(payouts, entries, fee)
    offered = read_offer(sport, key, salaries, read_projections(projections, mapped or ()), objective)
    if lacking := unfilled(offered):
        raise BadInput(lacking)
    check_room(file, offered, asked.lineups)
    if faults := check_rules(asked, offered.contest, offered.pool, sport.stacks):
        raise BadInput("the rules cannot be used", [Problem(f.message, column=f"rules.{f.field}") for f in faults])
    if (offered.pool["points"] == 0).all():
        Reporter().say("nobody is expected to score: no lineup is better than another. Bring projections")
    stopped: NoLineup | None = None
    if money is None:
        built, stopped = _solve(sport, offered, asked)
        document = as_document(offered, built, contest)
    else:
        composed = build_for(sport, offered, asked, money, candidates)
        built = [_as_lineup(offered, ids) for ids in composed.lineups]
        document = as_document(offered, built, contest) | {"outcome": told(composed, money)}
    if stopped is not None:
        document |= {"wanted": asked.lineups, "stopped": {"message": str(stopped), "rules": list(stopped.rules)}}
    if file is not None:
        write_lineups(file, document, offered, built)
    if as_json:
        print_json(document)
    else:
        _show(offered, document)
    if stopped is not None:
        kept = f" and stand in {file}" if file is not None else ""
        raise Infeasible(f"{stopped}. The {len(built)} lineups before it are whole{kept}", stopped.rules)


def read_rules(file: Path | None, count: int | None) -> Rules:
    """Return the rules of a JSON file for so many lineups, as many as it says where None.

    Raises:
        BadInput: The file cannot be read, or a rule is not what it should be.
    """
    given = {} if file is None else read_object(file, 'rules, like {"min_unique": 2}')
    try:
        return Rules.model_validate(given if count is None else {**given, "lineups": count})
    except ValidationError as error:
        problems = [Problem(said(e), column=".".join(["rules", *map(str, e["loc"])])) for e in error.errors()]
        raise BadInput(f"{file} cannot be used", problems) from error


def said(error: ErrorDetails, within: Sequence[int | str] = ()) -> str:
    """Return what is wrong with a rule, to somebody who wrote it by hand; the rules stand at `within` in the file."""
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        like = meant(name, Rules.model_fields) if error["loc"][:-1] == (*within,) else ""
        return f"there is no rule of this name{like or '; docs/reference/optimizer.md has them all'}"
    if error["type"] == "less_than_equal" and error.get("ctx", {}).get("le") == 1:
        return "a share of the lineups, at most 1: 40 % is 0.4"
    if error["type"] == "int_parsing" and {"locked", "excluded", "draftables", "draftable_id"} & set(error["loc"]):
        return (
            'a player is meant by the number of his id; by name in groups: {"who": {"names": ["..."]}, "at_least": 1}'
        )
    if error["type"] == "tuple_type":
        return "should be a list, like [1, 2]"
    return error["msg"]


def read_offer(
    sport: Sport, key: str, salaries: Path, projections: tuple[Projection, ...] | None, objective: str
) -> Offer:
    """Return what a salary export offers, with what projections say of its players.

    Raises:
        BadInput: It is neither a salary export nor a table of players with their salaries, or one for another contest;
            or nobody has the objective.
    """
    contest = sport.contests[key]
    with refusals_as_bad_input():
        found, content = read(read_bytes(salaries))
        if isinstance(content, Projections):
            rows: Sequence[Salary] = salaries_of(content)
            projections = content.rows if projections is None else projections
        elif isinstance(content, SalaryFile):
            rows = content.rows
        else:
            raise BadInput(f"{salaries} has {found.layout}: bring the site's salary export")
    if isinstance(content, SalaryFile) and content.contests and (sport.code, key) not in content.contests:
        codes = ", ".join(find_contest(f"{s}:{k}")[0].contests[k].code for s, k in content.contests)
        raise BadInput(f"{salaries} is a file for {codes}, not for {contest.code}")
    try:
        return offer(sport, contest, with_slots(sport, contest, rows), projections, objective)
    except ValueError as error:
        raise BadInput(str(error)) from error


def read_projections(file: Path | None, mapped: Sequence[str] = ()) -> tuple[Projection, ...] | None:
    """Return the rows of a projection file, None where none is given.

    Args:
        file: The file.
        mapped: `OURS=THEIRS` of columns that are called otherwise; remembered for the next file with such a header.

    Raises:
        BadInput: It is no projection file.
    """
    if file is None:
        return None
    body = read_bytes(file)
    told = mapping_of(mapped)
    mapping, lost = (told, {}) if told else remembered(body)
    try:
        with refusals_as_bad_input():
            _, content = read(body, mapping)
    except BadInput as error:
        if {problem.row for problem in error.problems} != {1}:
            raise
        named = [Problem(f"there is no {theirs!r}, by which {ours} was last read") for ours, theirs in lost.items()]
        named += [Problem("say which column is which: --map name=Player --map points=Median")]
        raise BadInput(str(error), [*error.problems, *named]) from error
    if not isinstance(content, Projections):
        raise BadInput(f"{file} has no projections: it needs a column of players and one of points")
    if told:
        remember(told)
    for note in no_longer(lost, content.columns.header):
        Reporter().say(f"{file}: {note}")
    return content.rows


def _as_lineup(offered: Offer, ids: tuple[int, ...]) -> Lineup:
    known = {row["draftable_id"]: row for row in offered.pool.to_dicts()}
    places = list(zip(ids, offered.contest.expanded_slots, strict=True))
    salary = sum(slot_salary(known[i]["salary_usd"], s.salary_multiplier) for i, s in places)
    return Lineup(ids, salary, sum(known[i]["points"] * s.points_multiplier for i, s in places))


def _solve(sport: Sport, offered: Offer, rules: Rules) -> tuple[Sequence[Lineup], NoLineup | None]:
    """Return the lineups; where the rules allow some and not all of them, those, and why there are no more."""
    stopped: NoLineup | None = None
    contest, pool, wanted = offered.contest, offered.pool, rules.lineups
    reporter = Reporter()
    draws = None if rules.worlds_per_lineup is None else draw(sport, offered, rules.seed).T

    def step(done: int) -> None:
        reporter.progress(f"lineups of {len(pool)} players", done / wanted, f"{done} of {wanted}")

    reporter.progress(f"lineups of {len(pool)} players", 0.0, "loading the solver (compiled once on this machine)")
    try:
        built: Sequence[Lineup] = solve(
            contest, pool, rules, sport.stacks, draws=draws, starts=offered.starts, on_lineup=step
        )
    except NoLineup as error:
        if not error.lineups:
            raise Infeasible(str(error), error.rules) from error
        built, stopped = error.lineups, error
    finally:
        reporter.clear()
    ids = [x.draftable_ids for x in built]
    if faults := check_lineups(contest, pool, ids, rules, sport.stacks, is_whole=stopped is None):
        raise RuntimeError(f"the solver broke the rules: {'; '.join(faults[:5])}")
    return built, stopped


def _show_outcome(outcome: dict[str, Any]) -> None:
    """Print what the lineups may win, all together and by how many are entered."""
    p = outcome["portfolio"]
    low, high = p["interval_95_usd"]
    out.print(
        f"expected profit ${p['profit_usd']:,.2f} on ${p['cost_usd']:,.2f} (95 %: ${low:,.2f} to ${high:,.2f}),"
        f" chance of a profit {p['prob_profit']:.1%}, in {outcome['worlds']:,} worlds that did not choose them",
        highlight=False,
    )
    steps = [f"{c['lineups']}: {c['roi']:+.0%}" for c in outcome["roi_by_lineups"] if c["roi"] is not None]
    out.print(f"ROI by lineups entered: {', '.join(steps)}", highlight=False)


def _show(offered: Offer, document: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("#", "points", "salary", "players"):
        table.add_column(column, justify="left" if column == "players" else "right")
    for number, lineup in enumerate(document["lineups"][:SHOWN], 1):
        names = ", ".join(f"{p['slot']} {p['name']}" for p in lineup["players"])
        table.add_row(str(number), f"{lineup['points']:.2f}", f"{lineup['salary_usd']:,}", names)
    out.print(table)
    if len(document["lineups"]) > SHOWN:
        out.print(f"and {len(document['lineups']) - SHOWN:,} more: --json or --out has all")
    if "outcome" in document:
        _show_outcome(document["outcome"])
    for line in left_out(offered):
        out.print(line, highlight=False, markup=False)
