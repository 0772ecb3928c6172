"""Lineup sets, as the web and scripts see them."""

from datetime import datetime
from typing import Any, Literal

from sdp_api.schema import Answer


class LineupSetRead(Answer):
    """One answer of the optimizer; realised points are null until settled, all points are means over lineups.

    `note` says why a set holds fewer lineups than were asked for.
    """

    id: int
    slate_id: int
    projection_set_id: int
    projection_set_name: str
    name: str
    rules: dict[str, Any]
    created_at: datetime
    lineups: int
    projected_best: float | None
    projected_mean: float | None
    realised_best: float | None
    realised_mean: float | None
    salary_source: Literal["site", "modelled"]
    note: str | None


class LineupPlayerRead(Answer):
    """Who fills one slot."""

    slot: str
    draftable_id: int
    external_id: str
    name: str
    position: str
    team: str | None
    opponent: str | None
    game_id: str | None
    salary_usd: int
    projected_points: float | None
    realised_points: float | None


class LineupRead(Answer):
    """One lineup, slot by slot in the contest's order.

    `projected_points` are means, whatever the lineup was built for; `quantile_points`, where it was built for a
    quantile, is that quantile of its own points over the worlds.
    """

    id: int
    rank: int
    salary_usd: int
    projected_points: float
    quantile_points: float | None
    realised_points: float | None
    players: list[LineupPlayerRead]


class PlayerExposureRead(Answer):
    """In how many lineups a player stands; `share` is of all lineups."""

    draftable_id: int
    name: str
    position: str
    team: str | None
    salary_usd: int
    projected_points: float | None
    lineups: int
    share: float


class TeamExposureRead(Answer):
    """In how many lineups a team has at least one player, and how many roster places it fills on average."""

    team: str
    lineups: int
    share: float
    players_mean: float


class LineupSetDetail(LineupSetRead):
    """A lineup set with every lineup and the exposures.

    `upload_files` says in how many files the site takes its lineups; 0 where the format of its upload is not known.
    """

    contest: str
    salary_cap_usd: int
    upload_files: int
    lineup_list: list[LineupRead]
    player_exposures: list[PlayerExposureRead]
    team_exposures: list[TeamExposureRead]
