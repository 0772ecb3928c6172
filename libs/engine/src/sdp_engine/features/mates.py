"""Team-mates: a player's shares among those who are active this week, and what those who are out leave behind."""

import polars as pl

from sdp_engine.features.panel import Panel
from sdp_engine.features.usage import SLOW, with_shares
from sdp_engine.features.windows import ewma

MEMORY = 8
"""How many of the team's last games count as recent."""
DECAY = 0.85
"""How much less a game counts than the one after it."""
KINDS = {"carry_share": "carries", "target_share": "targets"}


def build(panel: Panel) -> pl.DataFrame:
    """Return, of carries and targets, the shares among the active and the shares vacated.

    `<share>_recent` is the player's part of the team's last `MEMORY` games, those he missed counted as none;
    `<share>_active` his own average share divided by the sum over the squad; `<kind>_vacated` what is missing from 1
    when the recent parts of the squad are summed, `<kind>_vacated_position` the same within the position. Null where
    the squad is not known.
    """
    rows = with_shares(panel.rows, panel.teams)
    rows = rows.with_columns(ewma(share, SLOW).alias(f"{share}_own") for share in KINDS)
    rows = rows.join(recent(panel), on=["player_id", "team_id", "game_id"], how="left").with_columns(
        pl.col(f"{share}_recent").fill_null(0.0) for share in KINDS
    )
    squad = rows.filter(pl.col("here").is_not_null()).join(_asked(panel), on=["team_id", "game_id"], how="semi")
    group, team = ["team_id", "game_id", "position"], ["team_id", "game_id"]
    held = positions(panel).rename({share: f"{share}_held" for share in KINDS})
    squad = squad.join(held, on=group, how="left")
    made: list[pl.Expr] = []
    for share, kind in KINDS.items():
        own = pl.coalesce(f"{share}_own", f"{share}_recent").fill_null(0.0)
        present = (own * pl.col("here")).sum().over(team)
        left = pl.col(f"{share}_recent") * pl.col("here")
        made += [
            pl.col(f"{share}_recent"),
            (own / pl.max_horizontal(present, 0.5)).alias(f"{share}_active"),
            (1.0 - left.sum().over(team)).clip(0.0, 1.0).alias(f"{kind}_vacated"),
            (pl.col(f"{share}_held").fill_null(0.0) - left.sum().over(group))
            .clip(0.0, 1.0)
            .alias(f"{kind}_vacated_position"),
        ]
    return squad.select("player_id", "game_id", *made)


def _asked(panel: Panel) -> pl.DataFrame:
    """Return the teams and games of which features are asked for."""
    return panel.rows.filter("is_target").select("team_id", "game_id").unique()


def _spread(facts: pl.DataFrame, panel: Panel, by: list[str]) -> pl.DataFrame:
    """Return decayed sums of shares over the team's games before each asked game, by team, game and `by`."""
    order = panel.teams.select("team_id", "game_id", number=pl.int_range(pl.len()).over("team_id"))
    played = panel.teams.filter(pl.col("targets").is_not_null()).select("team_id", "game_id")
    weights = pl.DataFrame({"back": list(range(1, MEMORY + 1))}).with_columns(weight=pl.lit(DECAY).pow("back"))
    asked = order.join(_asked(panel), on=["team_id", "game_id"], how="semi", maintain_order="left")
    before = asked.join(weights, how="cross").select("team_id", number=pl.col("number") - pl.col("back")).unique()
    numbered = facts.join(order, on=["team_id", "game_id"], maintain_order="left").join(
        before, on=["team_id", "number"], how="semi", maintain_order="left"
    )
    ahead = (
        numbered.join(weights, how="cross", maintain_order="left_right")
        .with_columns(number=pl.col("number") + pl.col("back"))
        .group_by("team_id", "number", *by, maintain_order=True)
        .agg((pl.col(share) * pl.col("weight")).sum() for share in KINDS)
    )
    whole = (
        order.join(played, on=["team_id", "game_id"], maintain_order="left")
        .join(weights, how="cross")
        .with_columns(number=pl.col("number") + pl.col("back"))
        .group_by("team_id", "number", maintain_order=True)
        .agg(whole=pl.col("weight").sum())
    )
    return (
        ahead.join(whole, on=["team_id", "number"])
        .join(asked, on=["team_id", "number"])
        .select("team_id", "game_id", *by, *(pl.col(share) / pl.col("whole") for share in KINDS))
    )


def recent(panel: Panel) -> pl.DataFrame:
    """Return each player's part of his team's recent carries and targets, `<share>_recent`."""
    facts = with_shares(panel.lines, panel.teams).select("player_id", "team_id", "game_id", *KINDS)
    return _spread(facts, panel, ["player_id"]).rename({share: f"{share}_recent" for share in KINDS})


def positions(panel: Panel) -> pl.DataFrame:
    """Return each position's part of its team's recent carries and targets."""
    facts = with_shares(panel.lines, panel.teams).select("position", "team_id", "game_id", *KINDS)
    return _spread(facts, panel, ["position"])
