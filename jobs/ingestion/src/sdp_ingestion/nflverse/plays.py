"""`play_by_play`: what no line of a week tells: the longest completion, and who scored the first touchdown."""

from collections.abc import Iterator

import polars as pl

from sdp_ingestion.nflverse.tables import read
from sdp_ingestion.provider import Payload
from sdp_ingestion.rows import PlaysRow, Rejected, SourceId

_NUMBERS = ("play_id", "yards_gained", "complete_pass", "touchdown", "posteam_score", "posteam_score_post", "down")
_WORDS = ("game_id", "passer_player_id", "rusher_player_id", "receiver_player_id")
_TOUCHDOWN = 6.0


def parse(payload: Payload) -> Iterator[PlaysRow | Rejected]:
    """Yield everybody who threw, ran or was thrown to in a game; plays without a down (conversions, kicks) apart."""
    frame = read(payload, (*_WORDS, *_NUMBERS), ()).select(
        *(pl.col(name).cast(pl.String).str.strip_chars().replace("", None) for name in _WORDS),
        *(pl.col(name).cast(pl.Float64).fill_nan(None) for name in _NUMBERS),
    )
    plays = frame.filter(pl.col("game_id").is_not_null()).sort("game_id", "play_id", maintain_order=True)
    downs = plays.filter(pl.col("down").is_not_null())
    thrown = downs.filter(pl.col("complete_pass") == 1).group_by("game_id", player="passer_player_id")
    longest = thrown.agg(longest=pl.col("yards_gained").max())
    first = _first_touchdowns(plays)
    people = pl.concat([downs.select("game_id", player=name) for name in _WORDS[1:]]).drop_nulls().unique()
    keys = ["game_id", "player"]
    told = people.join(longest, on=keys, how="left").join(first, on=keys, how="left").sort(keys)
    for game, player, yards, scored in told.select(*keys, "longest", "first").iter_rows():
        stats = {"longest_completion": float(yards or 0.0), "first_touchdown": float(scored or 0.0)}
        yield PlaysRow(SourceId("gsis", player), game, stats)


def _first_touchdowns(plays: pl.DataFrame) -> pl.DataFrame:
    """Return who scored each game's first touchdown: nobody of the offence where a defence or a return did."""
    gained = pl.col("posteam_score_post") - pl.col("posteam_score")
    caught = pl.when(pl.col("complete_pass") == 1).then("receiver_player_id").otherwise("rusher_player_id")
    scored = plays.filter(pl.col("touchdown") == 1).unique("game_id", keep="first", maintain_order=True)
    return scored.select(
        "game_id", player=pl.when((gained >= _TOUCHDOWN) & pl.col("down").is_not_null()).then(caught), first=1.0
    ).drop_nulls()
