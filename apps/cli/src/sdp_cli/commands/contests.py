"""`sdp contests`: the declared contest formats, and how sure we are of each."""

from typing import Annotated, Any

import typer
from rich.table import Table
from sdp_common.errors import BadInput
from sdp_sports.spec import Contest, Sport, codes, find_contest, load

from sdp_cli.console import out, print_json


def contests(
    sport: Annotated[str | None, typer.Option(help="Only this sport's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """List contest formats: roster, cap, since when and until when, and how sure we are of rules and points."""
    if sport is not None and sport not in codes():
        raise BadInput(f"there is no sport {sport!r}; there are {', '.join(codes())}")
    chosen = [load(code) for code in codes() if sport in (None, code)]
    told = [_told(one, key, contest) for one in chosen for key, contest in one.contests.items()]
    if as_json:
        print_json({"contests": told})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("code", "title", "roster", "cap", "played", "rules", "points"):
        table.add_column(column)
    for row in told:
        cap = "-" if row["salary_cap_usd"] is None else f"{row['salary_cap_usd']:,}"
        roster = " ".join(row["roster"]) or "one of each tier"
        sure = row["confidence"], row["scoring_confidence"]
        table.add_row(row["code"], row["title"], roster, cap, _played(row), *sure)
    out.print(table)
    out.print("rules, points: how sure we are; low is recalled and not confirmed, unknown is not declared")


def find(name: str) -> tuple[Sport, str]:
    """Return the sport and key of a contest.

    Raises:
        BadInput: There is none of this name.
    """
    try:
        return find_contest(name)
    except KeyError as error:
        raise BadInput(f"{error.args[0]}: `sdp contests` lists them all") from error


def _told(sport: Sport, key: str, contest: Contest) -> dict[str, Any]:
    """Return a format as one flat object: its names first, then every declared field."""
    names = {"id": f"{sport.code}:{key}", "code": contest.code, "sport": sport.code, "key": key}
    fields = contest.model_dump(mode="json", exclude={"code"})
    fields["salary_cap_usd"] = contest.salary_cap_usd if contest.is_capped else None
    roster = [slot.name for slot in contest.expanded_slots]
    return names | fields | {"roster": roster, "roster_size": len(roster), "is_open": contest.is_open}


def _played(row: dict[str, Any]) -> str:
    """Return when a format was played, in words."""
    since, until = row["valid_from"], row["valid_until"]
    if row["closed"]:
        return "site closed"
    return " ".join([*([f"from {since}"] if since else []), *([f"to {until}"] if until else [])])
