"""A small invented league in the shape of the real one: eight teams, seeded, nothing copied from anywhere."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import polars as pl
from sdp_engine import frames
from sdp_engine.features.panel import Sources
from sdp_sports.spec import load

SPORT = load("nfl")
TEAMS = tuple(f"nfl:{code}" for code in ("BUF", "KC", "SF", "PHI", "DAL", "MIA", "DET", "LA"))
SQUAD = ("QB", "QB", "RB", "RB", "WR", "WR", "WR", "TE", "TE", "DST")
OPENING = datetime(2020, 9, 13, 17, tzinfo=UTC)
"""A Sunday, one in the afternoon in New York."""


@dataclass(frozen=True)
class League:
    """Frames as the stores give them, and when each week begins."""

    games: pl.DataFrame
    lines: pl.DataFrame
    snaps: pl.DataFrame = field(default_factory=lambda: frames.empty(frames.SNAPS))
    roles: pl.DataFrame = field(default_factory=lambda: frames.empty(frames.ROLES))
    drafts: pl.DataFrame = field(default_factory=lambda: frames.empty(frames.DRAFTS))

    @property
    def sources(self) -> Sources:
        """Everything that is known, as features are made from it."""
        return Sources(self.games, self.lines, self.snaps, self.roles, self.drafts)

    def week(self, season: int, week: int) -> pl.DataFrame:
        """Return the games of a week."""
        return self.games.filter(pl.col("season") == season, pl.col("week") == week)

    def population(self, games: pl.DataFrame) -> pl.DataFrame:
        """Return everybody who played in these games, as a slate would list them."""
        sides = pl.concat(
            [
                games.select("game_id", team_id=f"{own}_team_id", opponent_id=f"{other}_team_id")
                for own, other in (("home", "away"), ("away", "home"))
            ]
        )
        played = self.lines.select("player_id", "game_id", "team_id", "position")
        listed = played.join(sides, on=["game_id", "team_id"]).with_columns(injury_status=pl.lit(None, pl.String))
        return listed.select(*frames.POPULATION)


def make(seasons: int = 3, weeks: int = 8, seed: int = 11) -> League:
    """Return a league of so many seasons of so many weeks, everybody playing every week."""
    rng = np.random.default_rng(seed)
    squads = _squads(rng)
    games, lines = [], []
    for season in range(seasons):
        for week in range(weeks):
            day = OPENING + timedelta(days=364 * season + 7 * week)
            order = rng.permutation(len(TEAMS))
            for slot, (home, away) in enumerate(order.reshape(-1, 2)):
                game = _game(TEAMS[home], TEAMS[away], 2020 + season, week + 1, day, slot, rng)
                games.append(game)
                for team in (home, away):
                    lines += _lines(game, TEAMS[team], squads[TEAMS[team]], rng)
    played = pl.DataFrame(lines, schema={**frames.PLAYER_GAMES, **dict.fromkeys(SPORT.stats, pl.Float64)})
    return League(pl.DataFrame(games, schema=dict(frames.GAMES)), _with_plays(played))


def _with_plays(lines: pl.DataFrame) -> pl.DataFrame:
    """Say what the play-by-play tells, of every season but the first."""
    longest = (pl.col("passing_yards") * 0.12 + pl.col("passing_tds") * 5 + pl.col("player_id") % 4).round()
    scored = pl.col("rushing_tds") + pl.col("receiving_tds") > 0
    first = scored & (pl.col("player_id") == pl.col("player_id").filter(scored).min().over("game_id"))
    told = ~pl.col("game_id").str.starts_with(f"nfl:{OPENING.year}")
    return lines.with_columns(
        longest_completion=pl.when(told).then(pl.when(pl.col("passing_attempts") > 0).then(longest).otherwise(0.0)),
        first_touchdown=pl.when(told).then(first.fill_null(value=False).cast(pl.Float64)),
    )


def tell(league: League, seed: int = 5) -> League:
    """Return the league as seen with rosters, starters, injury reports, snaps and drafts.

    One player in twelve is inactive and loses his line; of the rest one in ten is active and not on the field.
    The first season has snaps and no rosters.
    """
    rng = np.random.default_rng(seed)
    lines = league.lines
    draw = rng.random(lines.height)
    plays = (pl.col("position") == "DST") | ((pl.col("draw") > 1 / 12 + 0.1) | (pl.col("player_id") % 10 == 1))
    marked = (
        lines.with_columns(draw=pl.Series(draw))
        .with_columns(plays=plays)
        .join(league.games.select("game_id", "season"), on="game_id")
    )
    share = pl.when("plays").then(0.2 + 0.8 * pl.col("draw")).otherwise(0.0).round(2)
    offence = marked.filter(pl.col("position") != "DST")
    snaps = offence.filter(pl.col("draw") > 1 / 12).with_columns(offense_share=share)
    snaps = snaps.with_columns(offense_snaps=(pl.col("offense_share") * 65).round())
    quarterback = pl.col("position") == "QB"
    roles = offence.with_columns(
        status=pl.when(pl.col("season") > 2020).then(
            pl.when(pl.col("plays") | (pl.col("draw") > 1 / 12)).then(pl.lit("ACT")).otherwise(pl.lit("INA"))
        ),
        depth=pl.col("player_id") % 3 + 1,
        started=pl.when(quarterback).then(pl.col("player_id") % 10 == 1),
        injury_status=pl.when(pl.col("draw") < 0.15).then(pl.lit("questionable")),
        practice_status=pl.when(pl.col("draw") < 0.2).then(pl.lit("Limited Participation in Practice")),
    ).filter(pl.col("status").is_not_null() | pl.col("started") | pl.col("injury_status").is_not_null())
    people = lines["player_id"].unique().sort()
    drafts = pl.DataFrame({"player_id": people}).with_columns(
        draft_pick=pl.when(pl.col("player_id") % 3 > 0).then(pl.col("player_id") * 2),
        first_season=2010 + pl.col("player_id") % 11,
    )
    return replace(
        league,
        lines=marked.filter("plays").select(lines.columns),
        snaps=frames.check(snaps.select(*frames.SNAPS), frames.SNAPS),
        roles=frames.check(roles.select(*frames.ROLES), frames.ROLES),
        drafts=drafts,
    )


def _squads(rng: np.random.Generator) -> dict[str, list[tuple[int, str, float]]]:
    """Return each team's players: id, position, talent."""
    ids = count(1)
    return {team: [(next(ids), position, float(rng.gamma(4, 0.25))) for position in SQUAD] for team in TEAMS}


def _game(
    home: str, away: str, season: int, week: int, day: datetime, slot: int, rng: np.random.Generator
) -> dict[str, object]:
    starts_at = day + timedelta(hours=3 if slot == 3 else 0, minutes=25 if slot == 3 else 0)
    codes = f"{away.removeprefix('nfl:')}_{home.removeprefix('nfl:')}"
    return {
        "game_id": f"nfl:{season}_{week:02d}_{codes}",
        "season": season,
        "season_type": "REG",
        "week": week,
        "starts_at": starts_at,
        "home_team_id": home,
        "away_team_id": away,
        "roof": "dome" if home == "nfl:DET" else "outdoors",
        "home_score": int(rng.poisson(24)),
        "away_score": int(rng.poisson(22)),
        "known_at": starts_at + timedelta(hours=12),
        "spread": None if slot == 0 else float(np.round(rng.normal(1, 5) * 2) / 2),
        "total": None if slot == 0 else float(np.round(rng.normal(45, 4) * 2) / 2),
        "wind_mph": float(rng.gamma(2, 4)),
        "temp_f": float(rng.normal(55, 12)),
    }


def _lines(
    game: dict[str, object],
    team: str,
    squad: list[tuple[int, str, float]],
    rng: np.random.Generator,
) -> list[dict[str, object]]:
    passes, runs = int(rng.poisson(34)), int(rng.poisson(26))
    catchers = np.array([talent if position in ("RB", "WR", "TE") else 0.0 for _, position, talent in squad])
    runners = np.array([3 * talent if position == "RB" else 0.2 * (position == "QB") for _, position, talent in squad])
    targets = rng.multinomial(passes, catchers / catchers.sum())
    carries = rng.multinomial(runs, runners / runners.sum())
    rows = []
    for index, (player, position, talent) in enumerate(squad):
        catches = int(rng.binomial(targets[index], 0.65))
        stats = dict.fromkeys(SPORT.stats, 0.0) | {
            "targets": float(targets[index]),
            "receptions": float(catches),
            "receiving_yards": float(np.round(rng.gamma(catches + 0.01, 11))),
            "receiving_tds": float(rng.binomial(catches, 0.06)),
            "rushing_attempts": float(carries[index]),
            "rushing_yards": float(np.round(rng.normal(4.3 * carries[index], 3 + carries[index] ** 0.5))),
            "rushing_tds": float(rng.binomial(carries[index], 0.04)),
        }
        if position == "QB":
            thrown = passes if index == 0 else int(rng.poisson(1))
            stats |= {
                "passing_attempts": float(thrown),
                "passing_completions": float(rng.binomial(thrown, 0.65)),
                "passing_yards": float(np.round(rng.normal(7 * thrown * (0.8 + 0.2 * talent), 5 + thrown))),
                "passing_tds": float(rng.binomial(thrown, 0.045)),
                "interceptions": float(rng.binomial(thrown, 0.025)),
            }
        if position == "DST":
            allowed = game["away_score" if team == game["home_team_id"] else "home_score"]
            stats |= {"def_sacks": float(rng.poisson(2 * talent)), "points_allowed": float(str(allowed))}
        keys = {"player_id": player, "game_id": game["game_id"], "team_id": team, "position": position}
        rows.append({**keys, "known_at": game["known_at"], **stats})
    return rows
