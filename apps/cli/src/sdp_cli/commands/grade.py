"""`sdp grade`: a finished contest's standings score one's entries, the field model and the projections."""

from pathlib import Path
from typing import Annotated, Any

import typer
from sdp_common.errors import BadInput
from sdp_common.intake import refusals_as_bad_input
from sdp_engine.contest import grading, habits
from sdp_engine.contest.finished import assemble
from sdp_engine.contest.payouts import Offer, Prize
from sdp_engine.contest.source import source_of
from sdp_sports.files import SalaryFile, read
from sdp_sports.files.payouts import Payouts
from sdp_sports.files.projections import Projections
from sdp_sports.files.standings import Standings

from sdp_cli.commands.files import read_bytes
from sdp_cli.console import out, print_json


def grade(
    standings: Annotated[Path, typer.Argument(help="A contest's standings, as the site exports them.")],
    players: Annotated[Path, typer.Option(help="Projections or salaries of the same slate.")],
    user: Annotated[str | None, typer.Option(help="Whose entries to score; as the standings name him.")] = None,
    payouts: Annotated[Path | None, typer.Option(help="Payout table, so that profit is known.")] = None,
    fee_usd: Annotated[float | None, typer.Option("--fee", min=0, help="Entry fee, where the table has none.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Score a finished contest: one's own entries, the predicted field, and the projections."""
    board = _content(standings, Standings, "the site's contest standings")
    source = source_of(players.name, _content(players, (Projections, SalaryFile), "projections or salaries"))
    if source is None:
        raise BadInput(f"{players} names no player with position, salary and points")
    try:
        played = assemble(standings.name, board, [source])
        model = habits.load_told(f"{played.sport}_{played.mode}", has_ownership=played.has_ownership)
        told: dict[str, Any] = grading.grade(played, model) | {"projections": grading.projections(played)}
        told["model_has_seen_it"] = played.slate.digest in model.slates
        if user is not None:
            told["portfolio"] = grading.entries(board, user, _offer(payouts, fee_usd, len(board.entries)))
    except ValueError as error:
        raise BadInput(str(error)) from error
    print_json(told) if as_json else show(told)


def _content(file: Path, kind: Any, wanted: str) -> Any:
    with refusals_as_bad_input():
        found, content = read(read_bytes(file))
    if not isinstance(content, kind):
        raise BadInput(f"{file} has {found.layout}: bring {wanted}")
    return content


def _offer(file: Path | None, fee_usd: float | None, entries: int) -> Offer | None:
    """Return what the contest pays, None where nobody says.

    Raises:
        BadInput: The table names no fee, and neither does the user.
    """
    if file is None:
        return None
    told: Payouts = _content(file, Payouts, "a payout table")
    fee = fee_usd if fee_usd is not None else told.fee_usd
    if fee is None:
        raise BadInput(f"{file} names no entry fee: say it with --fee")
    prizes = tuple(Prize(p.first, p.last, p.payout_usd, p.ticket_usd) for p in told.prizes)
    return Offer(told.name or file.name, fee, told.entries or entries, prizes, told.entries_max_per_user)


def show(told: dict[str, Any]) -> None:
    """Print the grades as sentences."""
    mine, scores = told["ownership"], told["field_scores"]
    copies, points = told["duplicates"], told["projections"]
    lines = [
        f"{told['contest']}: {told['entries']:,} entries, players from {told['players_from']}",
        f"ownership: {mine['mae']:.2f} points off on average, rank correlation {mine['rank_correlation']:.3f}",
    ]
    if "projected_ownership" in told:
        said = told["projected_ownership"]
        lines.append(f"  the projected: {said['mae']:.2f} and {said['rank_correlation']:.3f}")
    lines += [
        f"field scores: mean {scores['mean'][0]:.1f} predicted, {scores['mean'][1]:.1f} real; KS {scores['ks']:.3f}",
        f"distinct lineups: {copies['predicted']['distinct_share']:.0%} predicted,"
        f" {copies['real']['distinct_share']:.0%} real",
    ]
    if points is not None:
        lines.append(f"projections: {points['mae']:.2f} points off, rank correlation {points['rank_correlation']:.3f}")
    if "portfolio" in told:
        own = told["portfolio"]
        lines.append(
            f"{own['user']}: {own['entries']} entries, best rank {own['best_rank']:,},"
            f" beat {own['beaten_share']:.0%} of the others on average"
            + ("" if own["profit_usd"] is None else f", profit {own['profit_usd']:,.2f} dollars")
        )
    if told["model_has_seen_it"]:
        lines.append("the shipped model was learned from a contest of this slate among others: its figures flatter it")
    for line in lines:
        out.print(line, highlight=False, markup=False)
