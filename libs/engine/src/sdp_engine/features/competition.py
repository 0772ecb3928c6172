"""Competition: who else of the position is active, and how far ahead of the strongest of them a player is."""

import polars as pl

from sdp_engine.features import draft, snaps, usage
from sdp_engine.features.panel import Panel
from sdp_engine.features.status import DOUBTS
from sdp_engine.features.windows import ewma, last

CLAIMS = ("carry", "last_carry", "target", "snap")
"""What players of a position compete by: recent shares of carries, those of the last game, of targets, and of snaps."""
COLUMNS = (
    *(f"{kind}_{claim}" for claim in CLAIMS for kind in ("top", "lead")),
    "carry_position",
    "mates_doubt",
    "depth_among_active",
    "draft_behind",
)


def build(panel: Panel) -> pl.DataFrame:
    """Return, a claim, the largest of the position's other active players and the lead over it, and what else tells.

    `top_<claim>` and `lead_<claim>`; `carry_position` the part of the position's recent carry shares; `mates_doubt`
    how doubtful (0 to 3) the others are, weighted by their carry shares; `depth_among_active` the rank by the depth
    chart; `draft_behind` how much earlier the earliest drafted was (logarithm of the picks). Null where the squad is
    not known.
    """
    place = ["team_id", "game_id", "position"]
    asked = panel.rows.filter("is_target").select("game_id").unique()
    squad = _claims(panel).filter(pl.col("here") > 0).join(asked, on="game_id", how="semi", maintain_order="left")
    made = []
    for claim in CLAIMS:
        own = pl.col(claim)
        rank = own.rank("ordinal", descending=True).over(place)
        second = pl.when(rank == 2).then(own).max().over(place).fill_null(0.0)
        top = pl.when(rank == 1).then(second).otherwise(own.max().over(place))
        made += [top.alias(f"top_{claim}"), (own - top).alias(f"lead_{claim}")]
    doubtful = pl.col("carry") * pl.col("doubt")
    return squad.select(
        "player_id",
        "game_id",
        *made,
        carry_position=pl.col("carry") / pl.max_horizontal(pl.col("carry").sum().over(place), 0.05),
        mates_doubt=(doubtful.sum().over(place) - doubtful).round(9),  # a difference that is none is none
        depth_among_active=pl.col("depth").cast(pl.Float64).rank("min").over(place),
        draft_behind=pl.col("draft_value").max().over(place) - pl.col("draft_value"),
    )


def _claims(panel: Panel) -> pl.DataFrame:
    """Return the rows with each claim, times how surely the player is active, and his doubt and draft value."""
    rows = usage.with_shares(panel.rows, panel.teams).with_columns(
        carry=ewma("carry_share", usage.FAST),
        last_carry=last("carry_share"),
        target=ewma("target_share", usage.FAST),
        snap=ewma("offense_share", snaps.FAST),
        doubt=pl.col("injury_status").replace_strict(DOUBTS, default=0.0, return_dtype=pl.Float64),
    )
    rows = rows.with_columns(pl.col(CLAIMS).fill_null(0.0) * pl.col("here"))
    drafted = draft.build(panel).select("player_id", "game_id", "draft_value")
    return rows.join(drafted, on=["player_id", "game_id"], how="left", maintain_order="left")
