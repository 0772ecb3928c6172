"""Lineups built from files as files: the site's upload, a plain table where the site takes none, or JSON."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sdp_common.errors import BadInput
from sdp_engine.optimize.offer import Offer
from sdp_engine.optimize.solve import Lineup
from sdp_sports.files.upload import Listed, Pick, plain_file, upload_file

from sdp_cli.console import Reporter

_NAMED = 5
"""Projections without a player that are named to a person."""


def as_document(offered: Offer, built: Sequence[Lineup], contest: str) -> dict[str, Any]:
    """Return lineups as plain values."""
    known = _known(offered)
    slots = [slot.name for slot in offered.contest.expanded_slots]
    lineups = [
        {
            "points": lineup.points,
            "salary_usd": lineup.salary_usd,
            "players": [
                {"slot": slot, "id": known[i]["external_id"], "name": known[i]["name"], "team": known[i]["team_id"]}
                for slot, i in zip(slots, lineup.draftable_ids, strict=True)
            ],
        }
        for lineup in built
    ]
    return {
        "contest": contest,
        "players": len(offered.pool),
        "unprojected": offered.unprojected,
        "unmatched": [p.name or p.external_id for p in offered.unmatched],
        "points": round(sum(x.points for x in built), 4),
        "lineups": lineups,
    }


def left_out(offered: Offer) -> list[str]:
    """Return, in words, who has no projection, and which projections name nobody."""
    told = []
    if offered.unprojected:
        told.append(f"{offered.unprojected} players have no projection and were left out")
    if offered.unmatched:
        first = ", ".join(str(p.name or p.external_id) for p in offered.unmatched[:_NAMED])
        rest = len(offered.unmatched) - _NAMED
        more = f" and {rest} more" if rest > 0 else ""
        told.append(f"{len(offered.unmatched)} projections name nobody of the slate, or several ({first}{more})")
    return told


def check_room(file: Path | None, offered: Offer, count: int) -> None:
    """Refuse more lineups than the site takes in one file, before they are built.

    Raises:
        BadInput: There are more.
    """
    most = offered.contest.upload_limit
    if file is not None and file.suffix != ".json" and not _without_upload(offered) and count > most:
        raise BadInput(
            f"{offered.contest.site} takes {most} lineups a file, not {count}: ask for fewer, or name a file that ends"
            " in .json, which takes any number"
        )


def write_lineups(file: Path, document: Mapping[str, Any], offered: Offer, built: Sequence[Lineup]) -> None:
    """Write the site's upload file, a plain table where there can be none, or the document where the name ends in
    .json.

    Raises:
        BadInput: The file cannot be written.
    """
    known, contest = _known(offered), offered.contest
    picks = [[Pick(known[i]["external_id"] or "", known[i]["name"]) for i in x.draftable_ids] for x in built]
    if file.suffix == ".json":
        text = json.dumps(document, indent=1) + "\n"
    elif why := _without_upload(offered):
        listed = [Listed(ids, x.salary_usd, round(x.points, 4)) for ids, x in zip(picks, built, strict=True)]
        text = plain_file(contest, listed, modelled=False)
        Reporter().say(f"{file} is a plain table, for no upload: {why}")
    else:
        text = upload_file(contest, picks, modelled=False)
    try:
        with file.open("w", encoding="utf-8", newline="") as target:
            target.write(text)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from error


def _known(offered: Offer) -> dict[int, dict[str, Any]]:
    return {row["draftable_id"]: row for row in offered.pool.to_dicts()}


def _without_upload(offered: Offer) -> str | None:
    """Return why there can be no upload file, None where there can."""
    contest = offered.contest
    if not contest.upload_header:
        return f"the upload format of {contest.title} is not known"
    if offered.pool["external_id"].null_count():
        return "the salary file tells no ids of its players"
    if contest.copy_per_slot and (offered.pool["roster_slots"].list.len() > 1).any():
        return f"{contest.title} has an id of each player for each slot, the salary file one alone"
    return None
