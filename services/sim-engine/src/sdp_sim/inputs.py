"""What a simulation of a stored slate is made from, read as of its moment."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import polars as pl
from sdp_common.errors import Conflict
from sdp_common.store import predictions as prediction_store
from sdp_common.store import reference, roles, slates, stats
from sdp_engine import frames
from sdp_engine.features.panel import Sources
from sdp_engine.features.starters import PASSER
from sdp_engine.simulate import Slate, joint, ratings
from sdp_engine.simulate.passers import before
from sdp_engine.simulate.past import past
from sdp_engine.simulate.slate import OUT
from sdp_sports.spec import Sport, load
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Inputs:
    """A slate as it stood at a moment.

    Attributes:
        slate_id, sport, contest, as_of: Which slate, of what sport, drafted under which contest, seen when.
        draftables: Every draftable of the slate.
        slate: Its games and players, as the engine takes them.
        predictions: PREDICTIONS frame of its players.
        model_version_ids: The models that made the predictions.
    """

    slate_id: int
    sport: Sport
    contest: str
    as_of: datetime
    draftables: pl.DataFrame
    slate: Slate
    predictions: pl.DataFrame
    model_version_ids: list[int]

    def record(self, worlds: int, seed: int) -> dict[str, Any]:
        """Return everything needed to draw the same worlds again, JSON-ready, with a digest of it all."""
        lines = {str(row["game_id"]): self.slate.line(row) for row in self.slate.games.iter_rows(named=True)}
        recorded: dict[str, Any] = {
            "worlds": worlds,
            "seed": seed,
            "engine": version("sdp-engine"),
            "simulation": joint.VERSION,
            "model_version_ids": self.model_version_ids,
            "games": self._games(),
            "past_games": self.slate.past.digest() if self.slate.past else None,
            "lines": {
                game: {"spread": round(line.spread, 4), "total": round(line.total, 4), "source": line.source}
                for game, line in lines.items()
            },
        }
        told = hashlib.sha256(repr(sorted(recorded.items())).encode())
        for frame in (self.slate.population, self.predictions, self.draftables.drop("average_points")):
            told.update(frame.sort(frame.columns[0], maintain_order=True).write_json().encode())
        return recorded | {"as_of": self.as_of.isoformat(), "digest": told.hexdigest()}

    def _games(self) -> dict[str, str]:
        """Return a digest of what each game is drawn from beside the past games, the worlds and the seed."""
        frames_of = [
            dict(frame.sort(frame.columns[:2], maintain_order=True).partition_by("game_id", as_dict=True))
            for frame in (self.slate.population, self.predictions)
        ]
        told: dict[str, str] = {}
        for row in self.slate.games.iter_rows(named=True):
            line = self.slate.line(row)
            digest = hashlib.sha256(repr((row["home_team_id"], row["away_team_id"], line)).encode())
            for parts in frames_of:
                if (mine := parts.get((row["game_id"],))) is not None:
                    digest.update(mine.write_json().encode())
            told[row["game_id"]] = digest.hexdigest()
        return told

    def left_out(self) -> dict[str, list[str]]:
        """Return the names of draftables that are not simulated, by why."""
        known = set(self.predictions["player_id"].to_list())
        out = set(self.slate.population.filter(_is_out())["player_id"].to_list())
        unpredicted = ~pl.col("player_id").is_in(list(known | out)) & pl.col("position").is_in(["QB", "RB", "WR", "TE"])
        reasons = {
            "unmatched": pl.col("player_id").is_null(),
            "without_game": pl.col("player_id").is_not_null() & pl.col("game_id").is_null(),
            "out": pl.col("player_id").is_in(list(out)),
            "without_prediction": pl.col("game_id").is_not_null() & unpredicted,
        }
        return {
            why: self.draftables.filter(where.fill_null(value=False))["name"].unique(maintain_order=True).to_list()
            for why, where in reasons.items()
        }


def _is_out() -> pl.Expr:
    return pl.col("injury_status").fill_null("").str.strip_chars().str.to_lowercase().is_in(list(OUT))


def read(session: Session, slate_id: int, now: datetime) -> Inputs:
    """Read a slate's inputs as of min(now, its lock).

    Raises:
        NotFound: There is no such slate.
        Conflict: It has no game, or nothing was predicted for it yet.
    """
    slate = slates.slate(session, slate_id)
    as_of = min(now, slate.starts_at)
    draftables = slates.draftables(session, slate_id)
    population = _population(slates.population(session, slate_id, as_of=as_of), draftables)
    playing = population["game_id"].unique().to_list()
    if not playing:
        raise Conflict(f"slate {slate_id} has no game: none of its players was matched to one")
    predicted = prediction_store.slate(session, slate_id, as_of=as_of)
    if predicted.is_empty():
        raise Conflict(f"nothing is predicted for slate {slate_id} yet: run inference first")
    models = predicted["model_version_id"] if "model_version_id" in predicted.columns else pl.Series([], dtype=pl.Int64)
    games = reference.games(session, slate.sport, as_of=as_of)
    touchdowns = stats.team_touchdowns(session, slate.sport, as_of=as_of)
    mine = games.filter(pl.col("game_id").is_in(playing)).sort("game_id")
    return Inputs(
        slate_id,
        load(slate.sport),
        slate.contest,
        as_of,
        draftables,
        Slate(
            mine,
            population,
            _fallback(session, slate.sport, games, mine, population, as_of),
            past(games, touchdowns, as_of),
        ),
        predicted.select(list(frames.PREDICTIONS)).sort("player_id", "market"),
        sorted(int(m) for m in models.unique()),
    )


def _population(population: pl.DataFrame, draftables: pl.DataFrame) -> pl.DataFrame:
    """Add salaries, and mark as out whom the site has disabled or lists as out."""
    site_out = pl.col("status").fill_null("").str.strip_chars().str.to_lowercase().is_in(list(OUT))
    listed = draftables.group_by("player_id").agg(
        pl.col("salary_usd").max(), (pl.col("is_disabled") | site_out).all().alias("barred")
    )
    joined = population.join(listed, on="player_id", how="left")
    status = pl.when(pl.col("barred").fill_null(value=False)).then(pl.lit("Out")).otherwise(pl.col("injury_status"))
    return joined.with_columns(injury_status=status).drop("barred").sort("game_id", "player_id")


def _fallback(
    session: Session, sport: str, games: pl.DataFrame, mine: pl.DataFrame, population: pl.DataFrame, as_of: datetime
) -> dict[str, Any]:
    """Return lines from team ratings for the games the market says too little of."""
    lacking = mine.filter(pl.col("spread").is_null() | pl.col("total").is_null())
    if lacking.is_empty():
        return {}
    recent = games.filter(pl.col("starts_at") >= as_of - ratings.SPAN)
    seasons = recent["season"].unique().to_list()
    sources = Sources(
        games=recent,
        lines=stats.player_games(session, sport, as_of=as_of, seasons=seasons, positions=[PASSER]),
        roles=roles.roles(session, sport, as_of=as_of).filter(pl.col("position") == PASSER),
    )
    threw = before(load(sport), sources, population, as_of)
    named = {(game, team): who for game, team, who in threw.select("game_id", "team_id", "expected").iter_rows()}
    fitted = ratings.fit(games, as_of, threw)
    pairs = lacking.select("game_id", "home_team_id", "away_team_id").iter_rows()
    return {
        game: fitted.line(home, away, (named.get((game, home)), named.get((game, away)))) for game, home, away in pairs
    }
