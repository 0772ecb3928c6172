"""Expected: the structural products, share x the team's expected volume x efficiency."""

import polars as pl

PRODUCTS: dict[str, tuple[str, str, str | None]] = {
    "expected_attempts": ("attempt_share_fast", "team_passing_attempts", None),
    "expected_carries": ("carry_share_slow", "team_rushing_attempts", None),
    "expected_targets": ("target_share_slow", "team_targets", None),
    "expected_passing_yards": ("attempt_share_fast", "team_passing_attempts", "yards_per_attempt"),
    "expected_rushing_yards": ("carry_share_slow", "team_rushing_attempts", "yards_per_carry"),
    "expected_receptions": ("target_share_slow", "team_targets", "catch_rate"),
    "expected_receiving_yards": ("target_share_slow", "team_targets", "yards_per_target"),
}
"""Each product: share, the team's volume, and a rate where the product is not the volume itself."""

INHERITED: dict[str, tuple[str, str, str]] = {
    "carries": ("carry_share", "team_rushing_attempts", "yards_per_carry"),
    "targets": ("target_share", "team_targets", "yards_per_target"),
}
"""Each kind of opportunity: share, the team's volume, and what is made of one."""


def build(features: pl.DataFrame) -> pl.DataFrame:
    """Return the features with the products and the touchdowns they imply, scaled by the points expected.

    `active_<kind>` is the share among the active times the volume; `inherited_<kind>` the recent share plus, of what
    the absent of the position leave, the part that the player's snaps in the position claim; both times what is made
    of one as `..._yards`.
    """
    made = []
    for kind, (share, volume, worth) in INHERITED.items():
        left = pl.col("snap_share_position") * pl.col(f"{kind}_vacated_position")
        for name, part in (("active", pl.col(f"{share}_active")), ("inherited", pl.col(f"{share}_recent") + left)):
            product = part * pl.col(volume)
            made += [product.alias(f"{name}_{kind}"), (product * pl.col(worth)).alias(f"{name}_{kind}_yards")]
    for name, (share, volume, rate) in PRODUCTS.items():
        product = pl.col(share) * pl.col(volume)
        made.append((product if rate is None else product * pl.col(rate)).alias(name))
    points = pl.col("expected_points") / 22.0
    scored = pl.col("expected_carries") * pl.col("rushing_td_rate") + (
        pl.col("expected_targets") * pl.col("receiving_td_rate")
    )
    return features.with_columns(made).with_columns(
        expected_touchdowns=scored * points,
        expected_passing_tds=pl.col("expected_attempts") * pl.col("passing_td_rate") * points,
    )
