"""Squad: who is expected to be active in a game, from rosters, snaps and injury reports."""

import polars as pl
from sdp_sports.spec import Sport

from sdp_engine.features.starters import PASSER

OFFENCE = ("QB", "RB", "WR", "TE")
"""Positions whose players are on the field with the offence, so that no line after a snap is a line of zeros."""
ACTIVE = "ACT"
AWAY = ("RES", "CUT", "RET", "DEV", "SUS", "EXE", "TRD", "TRC", "TRT", "NWT", "RSN", "RSR", "UDF", "PUP", "NON")
"""Roster statuses of players who are not with the team on a game day; `INA` may be active the week after."""
CHANCES = {"out": 0.0, "injured_reserve": 0.0, "doubtful": 0.05, "questionable": 0.62, "probable": 0.95}
"""How often players so reported were active; a player who is not reported is counted as 1."""
RECENT = 5
"""Where no roster is known, a player belongs to a team while he has a stat line in one of its last so many games."""

SQUAD = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "position": pl.String,
    "is_target": pl.Boolean,
    "here": pl.Float64,
}
KEYS = ["player_id", "game_id"]


def of_history(
    sport: Sport, games: pl.DataFrame, snaps: pl.DataFrame, roles: pl.DataFrame, lines: pl.DataFrame
) -> pl.DataFrame:
    """Return who was to be active in past games (`SQUAD`).

    Where a week's roster is not known the inactive players are not either; those on the field, special teams
    counted, stand for the active ones, of quarterbacks who started alone: who relieved him was not known. Where
    nothing tells of any game, or of any of a season after one of which something told, those with a line in one of
    their team's last `RECENT` games were expected, too, so that a model can learn who of them does not play.
    """
    active = roles.filter(pl.col("status") == ACTIVE, pl.col("position").is_in(OFFENCE))
    place = ["game_id", "team_id"]
    told = roles.filter(pl.col("started").fill_null(value=False))
    named = told.select(*place, "position", starter="player_id")
    seen = _unlisted(snaps, active).join(named, on=[*place, "position"], how="left")
    seen = seen.filter(pl.col("starter").is_null() | (pl.col("starter") == pl.col("player_id")))
    known = pl.concat([frame.select(*KEYS, "team_id", "position") for frame in (active, seen)]).unique(KEYS)
    mine = lines.filter(pl.col("position").is_in(sport.positions)).select(*KEYS, "team_id", "position")
    told_of = known.select("game_id").unique()
    others = mine.filter(~pl.col("position").is_in(OFFENCE)).join(told_of, on="game_id", how="semi")
    silent = _silent(games, told_of)
    if silent.height:
        blind = pl.concat([mine, _without_line(lines, games)]).join(silent, on="game_id", how="semi")
        others = pl.concat([others, blind])
    others = others.join(known, on=KEYS, how="anti")
    chosen = [
        known.with_columns(here=pl.lit(1.0)),
        others.select(*KEYS, "team_id", "position", here=pl.lit(None, pl.Float64)),
    ]
    return pl.concat(chosen).with_columns(is_target=pl.lit(value=True)).select(*SQUAD)


def of_relief(snaps: pl.DataFrame, roles: pl.DataFrame) -> pl.DataFrame:
    """Return the quarterbacks who relieved a starter where no roster is known, among those on the field (`SQUAD`).

    They alone are targets: what they did is what a reserve does who comes to play, and nothing else tells it of seasons
    before rosters. Whoever is predicted without knowing it stands in `of_history`.
    """
    active = roles.filter(pl.col("status") == ACTIVE, pl.col("position").is_in(OFFENCE))
    place = ["game_id", "team_id", "position"]
    told = roles.filter(pl.col("started").fill_null(value=False), pl.col("position") == PASSER)
    named = told.select(*place, starter="player_id").unique(place, keep="first", maintain_order=True)
    seen = _unlisted(snaps, active).join(named, on=place, how="left")
    relieved = (pl.col("starter") != pl.col("player_id")) & (pl.col("offense_snaps") > 0)
    marked = seen.with_columns(is_target=relieved.fill_null(value=False), here=pl.lit(1.0))
    return marked.filter(pl.col("is_target").any().over("game_id")).select(*SQUAD).unique(KEYS, maintain_order=True)


def _silent(games: pl.DataFrame, told_of: pl.DataFrame) -> pl.DataFrame:
    """Return the games of seasons of which nothing tells though something told of an earlier one; all where nothing."""
    seasons = games.join(told_of, on="game_id", how="semi").select("season").unique()
    if seasons.is_empty():
        return games.select("game_id")
    later = games.filter(pl.col("season") > seasons["season"].min()).join(seasons, on="season", how="anti")
    return later.select("game_id")


def _unlisted(snaps: pl.DataFrame, active: pl.DataFrame) -> pl.DataFrame:
    """Return the offence's snaps in games of which no roster tells who was active."""
    place = ["game_id", "team_id"]
    mine = snaps.filter(pl.col("position").is_in(OFFENCE))
    return mine.join(active.select(place).unique(), on=place, how="anti", maintain_order="left")


def _without_line(lines: pl.DataFrame, games: pl.DataFrame) -> pl.DataFrame:
    """Return who had a line in one of his team's last games, none with another team since, and has none in this one.

    Columns: `player_id`, `game_id`, `team_id`, `position`.
    """
    order = pl.int_range(pl.len()).over("team_id")
    dated = lines.select(*KEYS, "team_id", "position").join(games.select("game_id", "starts_at"), on="game_id")
    played = (
        dated.select("team_id", "game_id", "starts_at").unique().sort("starts_at", "game_id").with_columns(at=order)
    )
    latest = (
        dated.filter(pl.col("position").is_in(OFFENCE))
        .join(played.select("team_id", "game_id", "at"), on=["team_id", "game_id"])
        .sort("player_id", "starts_at", "game_id")
        .with_columns(again=pl.col("starts_at").shift(-1).over("player_id"))
    )
    following = pl.concat([latest.with_columns(pl.col("at") + step) for step in range(1, RECENT + 1)])
    since = following.select("player_id", "team_id", "position", "at", "again").join(played, on=["team_id", "at"])
    missed = since.filter((pl.col("starts_at") < pl.col("again")).fill_null(value=True))
    return missed.select(*KEYS, "team_id", "position")


def of_population(population: pl.DataFrame, games: pl.DataFrame, roles: pl.DataFrame) -> pl.DataFrame:
    """Return the population with its team-mates in the same games, and how surely each is active (`SQUAD`).

    From the week's roster where it is known; else from the team's last roster and the injury reports; null where no
    roster was ever known.
    """
    asked = population.select(*KEYS, "team_id", "position", reported="injury_status", is_target=pl.lit(value=True))
    teams = asked.select("game_id", "team_id").unique()
    listed = roles.filter(pl.col("status").is_not_null(), pl.col("position").is_in(OFFENCE))
    fresh = listed.join(teams, on=["game_id", "team_id"], how="semi")
    waiting = teams.join(fresh.select("game_id", "team_id").unique(), on=["game_id", "team_id"], how="anti")
    stale = _last_rosters(listed, games, waiting)
    hurt = roles.filter(pl.col("injury_status").is_not_null()).select(*KEYS, "injury_status")
    mates = pl.concat(
        [
            fresh.select(*KEYS, "team_id", "position", sure=(pl.col("status") == ACTIVE).cast(pl.Float64)),
            stale.select(*KEYS, "team_id", "position", sure=pl.lit(None, pl.Float64)),
        ]
    )
    both = asked.join(mates, on=KEYS, how="full", coalesce=True, suffix="_mates").with_columns(
        team_id=pl.coalesce("team_id", "team_id_mates"),
        position=pl.coalesce("position", "position_mates"),
        is_target=pl.col("is_target").fill_null(value=False),
    )
    known = mates.select("game_id", "team_id").unique().with_columns(is_known=pl.lit(value=True))
    both = both.join(hurt, on=KEYS, how="left").join(known, on=["game_id", "team_id"], how="left")
    word = pl.coalesce("reported", "injury_status")
    chance = pl.coalesce("sure", word.replace_strict(CHANCES, default=1.0, return_dtype=pl.Float64))
    in_squad = pl.col("is_known") & pl.col("position").is_in(OFFENCE)
    return both.with_columns(here=pl.when(in_squad).then(chance)).select(*SQUAD)


def _last_rosters(listed: pl.DataFrame, games: pl.DataFrame, waiting: pl.DataFrame) -> pl.DataFrame:
    """Return those whom their team's last known roster had, as rows of the team's coming game."""
    dated = listed.join(games.select("game_id", "starts_at"), on="game_id")
    latest = dated.filter(pl.col("starts_at") == pl.col("starts_at").max().over("team_id"))
    with_team = latest.filter(~pl.col("status").is_in(AWAY)).select("player_id", "team_id", "position")
    return waiting.join(with_team, on="team_id").select(*KEYS, "team_id", "position")
