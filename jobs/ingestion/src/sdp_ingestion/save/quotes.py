"""Saves what is quoted: the lines and prices of books, and the shares of the bets."""

from collections.abc import Callable, Hashable
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

import polars as pl
from sdp_common.store import odds

from sdp_ingestion.rows import MarketRows, QuoteRow, SplitRow
from sdp_ingestion.save.context import Context
from sdp_ingestion.schedule import Game

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_PLAIN = ("book", "market", "side", "line", "price_decimal", "status")
_PLAIN_OF = attrgetter(*_PLAIN)


def _each(keys: list[K], find: Callable[[K], V]) -> list[V]:
    """Return what each key means, asking once for each that differs: a body names a game thousands of times."""
    found = {key: find(key) for key in set(keys)}
    return [found[key] for key in keys]


def quotes_of(context: Context, rows: list[QuoteRow]) -> None:
    """Save quotes; one without a moment is a closing line, known at kick-off."""
    games: list[Game | None] = _each([row.game for row in rows], context.game)
    playing = [(game.home, game.away) if game else () for game in games]
    named = [(row.player, row.name, row.team, row.position, at) for row, at in zip(rows, playing, strict=True)]
    people = _each(named, lambda who: context.person(*who))
    kept: list[int] = []
    for place, (row, game, who) in enumerate(zip(rows, games, people, strict=True)):
        if game is None:
            context.reject("a quote of an unknown game", str(row.game))
        elif who is None and (row.player or row.name):
            context.reject("a quote of an unmatched player", f"{row.name or row.player} ({row.team} {row.position})")
        else:
            kept.append(place)
    if not kept:
        return
    told = list(zip(*map(_PLAIN_OF, (rows[place] for place in kept)), strict=True))
    columns: dict[str, Any] = dict(zip(_PLAIN, told, strict=True))
    found = [game for place in kept if (game := games[place]) is not None]
    columns["game_id"] = [game.id for game in found]
    columns["player_id"] = [people[place] for place in kept]
    columns["known_at"] = [rows[place].known_at or game.starts_at for place, game in zip(kept, found, strict=True)]
    schema = {name: kind for name, kind in odds.QUOTES.items() if name not in ("source", "rung")}
    frame = pl.DataFrame([pl.Series(name, columns[name], kind) for name, kind in schema.items()])
    context.tally.counts += odds.save(context.session, frame.with_columns(source=pl.lit(context.source)))


def markets_of(context: Context, rows: list[MarketRows]) -> None:
    """Save markets whose quotes came in columns."""
    games = _each([row.game for row in rows], context.game)
    for row, game in zip(rows, games, strict=True):
        if game is None:
            for _ in row.sides:
                context.reject("a quote of an unknown game", str(row.game))
    kept = [(row, game) for row, game in zip(rows, games, strict=True) if game is not None]
    if not kept:
        return
    people = _people(context, kept)
    frame = _unfold(kept).with_columns(source=pl.lit(context.source), status=pl.lit("open"))
    told = _of_people(context, kept, frame, people)
    context.tally.counts += odds.save(context.session, told, whole=_whole(kept, people))


def _people(context: Context, kept: list[tuple[MarketRows, Game]]) -> dict[str | None, int | None]:
    """Return who is meant by every name."""
    names = {name for row, _ in kept for name in row.names or ()}
    return {name: context.person(None, name, None, None) for name in names}


def _whole(kept: list[tuple[MarketRows, Game]], people: dict[str | None, int | None]) -> set[tuple[str, str, str]]:
    """Return the markets of which nothing was left out, neither by the parser nor for want of knowing who is meant."""
    found: dict[bool, set[tuple[str, str, str]]] = {True: set(), False: set()}
    for row, game in kept:
        is_known = row.names is None or all(name is None or people[name] is not None for name in row.names)
        found[row.is_whole and is_known].add((game.id, row.book, row.market))
    return found[True] - found[False]


def _unfold(kept: list[tuple[MarketRows, Game]]) -> pl.DataFrame:
    """Return the quotes of markets as one frame."""
    moments = {row.known_at: place for place, row in enumerate({row.known_at: row for row, _ in kept}.values())}
    counts = [len(row.sides) for row, _ in kept]
    markets = pl.DataFrame(
        {
            "game_id": [game.id for _, game in kept],
            "book": [row.book for row, _ in kept],
            "market": [row.market for row, _ in kept],
            "known_at": pl.Series(list(moments), dtype=odds.UTC_TIME)[[moments[row.known_at] for row, _ in kept]],
        }
    )
    place = pl.select(pl.int_range(len(kept)).repeat_by(pl.Series(counts)).explode()).to_series()
    values = pl.DataFrame(
        {
            "side": pl.Series(list(chain.from_iterable(row.sides for row, _ in kept)), dtype=pl.String),
            "line": pl.Series(list(chain.from_iterable(row.lines for row, _ in kept)), dtype=pl.Float64),
            "price_decimal": pl.Series(list(chain.from_iterable(row.prices for row, _ in kept)), dtype=pl.Float64),
        }
    )
    return pl.concat([markets[place], values], how="horizontal")


def _of_people(
    context: Context, kept: list[tuple[MarketRows, Game]], frame: pl.DataFrame, found: dict[str | None, int | None]
) -> pl.DataFrame:
    """Return the quotes with whom each is about, less those of a player whom nobody can be matched to."""
    if not found:
        return frame.with_columns(player_id=pl.lit(None, pl.Int64))
    names = list(chain.from_iterable(row.names or [None] * len(row.sides) for row, _ in kept))
    for name in names:
        if name is not None and found[name] is None:
            context.reject("a quote of an unmatched player", name)
    people = pl.Series([found.get(name) for name in names], dtype=pl.Int64)
    is_told = pl.Series([name is None or found[name] is not None for name in names], dtype=pl.Boolean)
    return frame.with_columns(player_id=people).filter(is_told)


def splits_of(context: Context, rows: list[SplitRow]) -> None:
    """Save betting percentages."""
    saved = []
    for row in rows:
        game = context.game(row.game)
        if game is None:
            context.reject("the bets on an unknown game", str(row.game))
            continue
        values = {name: getattr(row, name) for name in ("market", "side", "tickets_pct", "money_pct", "known_at")}
        saved.append({"game_id": game.id, "source": context.source, **values})
    context.tally.counts += odds.save_splits(context.session, saved)
