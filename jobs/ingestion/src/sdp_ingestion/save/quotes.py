"""Saves what is quoted: the lines and prices of books, and the shares of the bets."""

from collections.abc import Callable, Hashable
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

import polars as pl
from sdp_common.store import odds

from sdp_ingestion.rows import MarketRows, OfMarket, QuoteRow, SplitRow
from sdp_ingestion.save.boards import Market
from sdp_ingestion.save.context import Context
from sdp_ingestion.save.turning import market_of, turned
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
    rows = list(turned(context.schedule, rows))
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
    markets = {(game.id, rows[place].book, rows[place].market) for place, game in zip(kept, found, strict=True)}
    unsure = {
        (game.id, row.book, row.market)
        for row, game, who in zip(rows, games, people, strict=True)
        if game is not None and who is None and (row.player or row.name)
    }
    _store(context, frame, markets, unsure)


def markets_of(context: Context, rows: list[MarketRows]) -> None:
    """Save markets whose quotes came in columns."""
    rows = list(turned(context.schedule, rows))
    games = _each([row.game for row in rows], context.game)
    for row, game in zip(rows, games, strict=True):
        if game is None:
            for _ in row.sides:
                context.reject("a quote of an unknown game", str(row.game))
    kept = [(row, game) for row, game in zip(rows, games, strict=True) if game is not None]
    if not kept:
        return
    people = _people(context, kept)
    frame = _unfold(kept).with_columns(status=pl.lit("open"))
    told = _of_people(context, kept, frame, people)
    markets = {(game.id, row.book, row.market) for row, game in kept}
    unsure = {
        (game.id, row.book, row.market)
        for row, game in kept
        if row.names and any(name is not None and people[name, game.id] is None for name in row.names)
    }
    _store(context, told, markets, unsure)


def _store(context: Context, told: pl.DataFrame, markets: set[Market], unsure: set[Market]) -> None:
    """Save quotes, and close what is gone where they are all that the answer holds."""
    quotes = told.with_columns(source=pl.lit(context.source))
    is_all = context.board.tell(quotes, markets, unsure)
    whole = context.board.whole(lambda market: _ours(context, market)) if is_all else ()
    context.tally.counts += odds.save(context.session, quotes, whole=whole)


def close(context: Context) -> None:
    """Close what an answer that was saved in several parts lists no longer."""
    told = context.board.told()
    if told is not None:
        whole = context.board.whole(lambda market: _ours(context, market))
        context.tally.counts += odds.close(context.session, context.source, whole, told, context.now)


def _ours(context: Context, market: OfMarket) -> Market | None:
    found = context.schedule.find(market.game)
    return (found.id, market.book, market_of(context.schedule, market)) if found else None


_Who = dict[tuple[str | None, str], int | None]
"""Who is meant by a name in a game."""


def _people(context: Context, kept: list[tuple[MarketRows, Game]]) -> _Who:
    """Return who is meant by every name: one of those who play, where several bear it."""
    named = {(name, game.id): (game.home, game.away) for row, game in kept if row.names for name in row.names}
    return {who: context.person(None, who[0], None, None, playing) for who, playing in named.items()}


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


def _of_people(context: Context, kept: list[tuple[MarketRows, Game]], frame: pl.DataFrame, found: _Who) -> pl.DataFrame:
    """Return the quotes with whom each is about, less those of a player whom nobody can be matched to."""
    if not found:
        return frame.with_columns(player_id=pl.lit(None, pl.Int64))
    names = [(name, game.id) for row, game in kept for name in row.names or [None] * len(row.sides)]
    for who in names:
        if who[0] is not None and found[who] is None:
            context.reject("a quote of an unmatched player", who[0])
    people = pl.Series([found.get(who) for who in names], dtype=pl.Int64)
    is_told = pl.Series([who[0] is None or found[who] is not None for who in names], dtype=pl.Boolean)
    return frame.with_columns(player_id=people).filter(is_told)


def splits_of(context: Context, rows: list[SplitRow]) -> None:
    """Save betting percentages."""
    saved = []
    for row in turned(context.schedule, rows):
        game = context.game(row.game)
        if game is None:
            context.reject("the bets on an unknown game", str(row.game))
            continue
        values = {name: getattr(row, name) for name in ("market", "side", "tickets_pct", "money_pct", "known_at")}
        saved.append({"game_id": game.id, "source": context.source, **values})
    context.tally.counts += odds.save_splits(context.session, saved)
