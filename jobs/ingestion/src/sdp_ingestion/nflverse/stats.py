"""`stats_player_week` and `player_stats`: two generations of one file, to lines of players and defences."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from sdp_ingestion.nflverse.tables import Record, number, read, records
from sdp_ingestion.provider import Payload
from sdp_ingestion.rows import PlayerRow, Rejected, Row, SourceId, StatRow, TeamWeek

_ALIASES = {
    "team": ("team", "recent_team"),
    "passing_interceptions": ("passing_interceptions", "interceptions"),
    "sacks_suffered": ("sacks_suffered", "sacks"),
}
"""Columns that the two generations name differently: ours, then theirs in order of preference."""
_NEEDED = ("player_id", "season", "week", "opponent_team", "attempts", "carries", "receptions", "targets")
_SUMS: dict[str, tuple[str, ...]] = {
    "passing_attempts": ("attempts",),
    "passing_completions": ("completions",),
    "passing_yards": ("passing_yards",),
    "passing_tds": ("passing_tds",),
    "interceptions": ("passing_interceptions",),
    "sacks_taken": ("sacks_suffered",),
    "rushing_attempts": ("carries",),
    "rushing_yards": ("rushing_yards",),
    "rushing_tds": ("rushing_tds",),
    "targets": ("targets",),
    "receptions": ("receptions",),
    "receiving_yards": ("receiving_yards",),
    "receiving_tds": ("receiving_tds",),
    "fumbles_lost": ("sack_fumbles_lost", "rushing_fumbles_lost", "receiving_fumbles_lost"),
    "two_point_conversions": (
        "passing_2pt_conversions",
        "rushing_2pt_conversions",
        "receiving_2pt_conversions",
    ),
    "return_tds": ("special_teams_tds",),
    "fumble_recovery_tds": ("fumble_recovery_tds",),
    "fg_made_0_39": ("fg_made_0_19", "fg_made_20_29", "fg_made_30_39"),
    "fg_made_40_49": ("fg_made_40_49",),
    "fg_made_50_plus": ("fg_made_50_59", "fg_made_60_"),
    "fg_missed": ("fg_missed", "fg_blocked"),
    "xp_made": ("pat_made",),
    "xp_missed": ("pat_missed", "pat_blocked"),
}
"""Each of our stats as a sum of the file's columns; a column that a generation lacks counts nothing."""
_ALSO = frozenset(
    {"player_display_name", "player_name", "position", "def_sacks", "def_interceptions", "def_safeties", "def_tds"}
    | {"fumble_recovery_opp", *chain(*_ALIASES.values(), *_SUMS.values())}
)
_OFFENCE = frozenset({"QB", "RB", "FB", "HB", "WR", "TE", "K", "P", "C", "G", "T", "OT", "OL", "LS"})
_SAFETY, _TOUCHDOWN = 2, 6
Key = tuple[int, int, str]


def parse(payload: Payload) -> Iterator[Row | Rejected]:
    """Yield the players, their lines, and one line a team's defence."""
    frame = read(payload, _NEEDED, _ALSO)
    lines: dict[tuple[str, int, int], Record] = {}
    for record in records(frame):
        for ours, theirs in _ALIASES.items():
            record[ours] = next((record[name] for name in theirs if record.get(name) is not None), None)
        if any(record[name] is None for name in ("player_id", "season", "week", "team")):
            yield Rejected("a line without its player, team or week", str(record.get("player_display_name")))
            continue
        key = (record["player_id"], record["season"], record["week"])
        if key in lines:
            yield Rejected("a line that came twice", f"{record.get('player_display_name')} week {record['week']}")
            continue
        lines[key] = record
    yield from _players(lines.values())
    yield from _defences(list(lines.values()), full="def_sacks" in frame.columns)


def _players(lines: Iterable[Record]) -> Iterator[PlayerRow | StatRow]:
    introduced: set[str] = set()
    for record in lines:
        stats = _stats(record)
        if not stats:
            continue
        player = SourceId("gsis", record["player_id"])
        if record["player_id"] not in introduced:
            introduced.add(record["player_id"])
            name = record.get("player_display_name") or record.get("player_name") or record["player_id"]
            yield PlayerRow((player,), name, record.get("position"), record["team"])
        game = TeamWeek(record["season"], record["week"], record["team"])
        yield StatRow(player, game, record["team"], record.get("position"), stats)


def _stats(record: Record) -> dict[str, float]:
    """Return the stats that are not zero."""
    sums = {stat: sum(number(record.get(name)) for name in names) for stat, names in _SUMS.items()}
    return {stat: value for stat, value in sums.items() if value}


def _defences(lines: list[Record], *, full: bool) -> Iterator[StatRow]:
    """Yield one line a defence and game.

    The newer file has the defenders themselves. In the older one a defence is read off the offence that it met:
    sacks, interceptions and fumbles lost; its touchdowns, safeties and blocks are not in that file, so that points
    allowed are then the opponent's whole score.
    """
    sides: dict[Key, str] = {}
    totals: dict[Key, Counter[str]] = defaultdict(Counter)
    for record in lines:
        key = (record["season"], record["week"], record["team"])
        if record.get("opponent_team"):
            sides[key] = record["opponent_team"]
            (_add_full if full else _add_offence)(totals, key, (key[0], key[1], record["opponent_team"]), record)
    for key, opponent in sides.items():
        other = totals[(key[0], key[1], opponent)]
        own = totals[key]
        stats = {stat: value for stat, value in own.items() if value and not stat.startswith("_")}
        excused = _TOUCHDOWN * other["_turnover_tds"] + _SAFETY * other["def_safeties"]
        yield StatRow(SourceId("dst", key[2]), TeamWeek(*key), key[2], "DST", stats, excused=float(excused))


def _add_full(totals: dict[Key, Counter[str]], own: Key, other: Key, record: Record) -> None:
    """Add a row of the newer file: what a defender did to his own side, what a kicker suffered to the other."""
    mine = totals[own]
    recovered = number(record.get("fumble_recovery_opp"))
    returned = number(record.get("fumble_recovery_tds")) if recovered else 0.0
    mine["def_sacks"] += number(record.get("def_sacks"))  # type: ignore[assignment]
    mine["def_interceptions"] += int(number(record.get("def_interceptions")))
    mine["def_fumble_recoveries"] += int(recovered)
    mine["def_safeties"] += int(number(record.get("def_safeties")))
    mine["def_tds"] += int(number(record.get("def_tds")) + number(record.get("special_teams_tds")) + returned)
    if record.get("position") not in _OFFENCE:
        mine["_turnover_tds"] += int(number(record.get("def_tds")) + returned)
    totals[other]["def_blocked_kicks"] += int(number(record.get("fg_blocked")) + number(record.get("pat_blocked")))


def _add_offence(totals: dict[Key, Counter[str]], own: Key, other: Key, record: Record) -> None:
    """Add a row of the older file: what befell an offence is what the other side's defence did."""
    theirs = totals[other]
    theirs["def_sacks"] += int(number(record.get("sacks_suffered")))
    theirs["def_interceptions"] += int(number(record.get("passing_interceptions")))
    theirs["def_fumble_recoveries"] += int(sum(number(record.get(name)) for name in _SUMS["fumbles_lost"]))
    totals[own]["def_tds"] += int(number(record.get("special_teams_tds")))
