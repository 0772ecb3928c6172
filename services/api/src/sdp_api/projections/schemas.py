"""Projection sets, as the web and scripts see them."""

from datetime import datetime
from typing import Literal

from sdp_api.schema import Answer


class ProjectionSetRead(Answer):
    """A set of projections of one slate; `kind` is simulated (ours) or uploaded (the caller's own).

    `worlds` and `seed` are null where nothing was drawn; a set of the caller's that has them was simulated around one
    that he uploaded. `columns` are the file's own columns of numbers, which lineups may be built for.
    """

    id: int
    slate_id: int
    kind: Literal["simulated", "uploaded"]
    name: str
    as_of: datetime
    created_at: datetime
    worlds: int | None
    seed: int | None
    players: int
    stats: list[str]
    columns: list[str]
    is_mine: bool


class UnmatchedRead(Answer):
    """A row of a file that was left out: it names nobody of the slate, or several who are called alike."""

    row: int
    name: str


class ProjectionUploadRead(Answer):
    """What was understood of an uploaded file of projections.

    `header` maps our column to the file's, `notes` say what was read in place of columns that the user named for an
    earlier file and this one lacks; `ignored_columns` were not understood and left out, `unmatched` are the rows that
    were; `unprojected` counts the slate's draftables that the file did not name, `with_sd` and `with_quantiles` those
    of whom it told more than the mean.
    """

    upload_id: int
    projection_set: ProjectionSetRead
    rows: int
    header: dict[str, str]
    notes: list[str]
    ignored_columns: list[str]
    unmatched: list[UnmatchedRead]
    unprojected: int
    with_sd: int
    with_quantiles: int
