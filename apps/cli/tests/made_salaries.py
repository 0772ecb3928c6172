"""Salary files made up for every declared format, in the layouts of the sites."""

import csv
import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sdp_sports.spec import Contest, Sport

DRAFTKINGS = "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame"
FANDUEL = (
    "Id,Position,First Name,Nickname,Last Name,FPPG,Played,Salary,Game,Team,Opponent,Injury Indicator,Injury Details,"
    "Tier,Probable Pitcher,Batting Order,Roster Position"
)
YAHOO = "ID,First Name,Last Name,ID + Name,Position,Team,Opponent,Game,Time,Salary,FPPG,Injury Status,Starting"
FANTASYDRAFT = "Position, Name, Team, Game, Avg FPPG, Salary"
PLAIN = "Player,Pos,Team,Opp,Salary,Proj"
TIERS = 6
_DAY = "11/26/2030 04:25PM ET"


@dataclass(frozen=True)
class _Player:
    number: int
    first: str
    last: str
    position: str
    team: str
    opponent: str
    at_home: bool
    salary: int
    points: float

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def game(self) -> str:
        return f"{self.opponent}@{self.team}" if self.at_home else f"{self.team}@{self.opponent}"


def salary_text(sport: Sport, contest: Contest) -> str:
    """Return a salary export of some eight teams (two, where a format is played on one game)."""
    players = list(_players(sport, contest))
    layouts = {"draftkings": _draftkings, "fanduel": _fanduel, "yahoo": _yahoo, "fantasydraft": _fantasydraft}
    head, rows = layouts.get(contest.site, _plain)(sport, contest, players)
    text = io.StringIO()
    writer = csv.writer(text)
    text.write(head + "\r\n")
    writer.writerows(rows)
    return text.getvalue()


def entries_text(sport: Sport, contest: Contest, count: int = 3) -> str:
    """Return an entries file of so many reserved entries beside the players of `salary_text`."""
    is_fanduel = contest.site == "fanduel"
    head, *rows = csv.reader(io.StringIO(salary_text(sport, contest)))
    tiers = [f"T{number}" for number in range(1, TIERS + 1)]
    places = tiers if contest.mode == "tiers" else list(contest.upload_header)
    told = ["entry_id", "contest_id", "contest_name", "entry_fee"]
    told = told if is_fanduel else ["Entry ID", "Contest ID", "Contest Name", "Entry Fee"]
    aside = [""] * (len(told) + len(places) + 1)
    named = [["Player ID + Player Name"], *([f"{row[0]}:{row[3]}"] for row in rows)] if is_fanduel else [[]] * len(rows)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*told, *places, "", "Instructions"])
    writer.writerows([str(77 + k), "9", "Cup", "5", *[""] * (len(places) + 1), "Fill"] for k in range(count))
    writer.writerows([*aside, *name, *row] for name, row in zip([*named, []], [head, *rows], strict=False))
    return text.getvalue()


def _players(sport: Sport, contest: Contest) -> Iterator[_Player]:
    rng = random.Random(contest.code)
    is_single = contest.mode in {"showdown", "single_game"}
    known = list(sport.teams)[: 2 if is_single else 8]
    teams = known or [f"T{n}" for n in range(2 if is_single else 8)]
    positions = sorted(contest.positions) or list(sport.positions)
    fair = contest.salary_cap_usd / contest.roster_size if contest.is_capped and contest.slots else 20.0
    step = 100 if fair >= 1000 else 1
    number = 1000
    for place, team in enumerate(teams):
        for position in positions:
            for _ in range(6 if len(positions) < 3 else 3):
                number += 1
                salary = round(fair * rng.uniform(0.55, 1.3) / step) * step
                points = round(rng.uniform(1, 30), 2)
                yield _Player(
                    number, "Al", f"Man{number}", position, team, teams[place ^ 1], place % 2 == 1, salary, points
                )


Rows = list[list[object]]


def _plays_games(sport: Sport, contest: Contest) -> bool:
    return bool(sport.teams) or contest.min_games > 1 or contest.min_teams > 1 or contest.max_per_team is not None


def _slots(contest: Contest, position: str) -> list[str]:
    return [slot.name for slot in contest.slots if position in slot.positions]


def _draftkings(sport: Sport, contest: Contest, players: Sequence[_Player]) -> tuple[str, Rows]:
    rows: Rows = []
    for p in players:
        game = f"{p.game} {_DAY}" if _plays_games(sport, contest) else "The Open"
        slots = _slots(contest, p.position)
        if contest.mode == "tiers":
            tier = f"T{p.number % TIERS + 1}"
            rows.append([p.position, f"{p.name} ({p.number})", p.name, p.number, tier, game, p.team, p.points])
        elif contest.copy_per_slot:
            for place, slot in enumerate(contest.slots):
                if slot.name in slots:
                    number, salary = p.number * 10 + place, int(p.salary * slot.salary_multiplier)
                    copy = [p.position, f"{p.name} ({number})", p.name, number, slot.name, salary]
                    rows.append([*copy, game, p.team, p.points])
        else:
            copy = [p.position, f"{p.name} ({p.number})", p.name, p.number, "/".join(slots), p.salary]
            rows.append([*copy, game, p.team, p.points])
    return DRAFTKINGS.replace("Salary,", "") if contest.mode == "tiers" else DRAFTKINGS, rows


def _fanduel(sport: Sport, contest: Contest, players: Sequence[_Player]) -> tuple[str, Rows]:
    labels = {
        s.name: f"{s.name} - {s.points_multiplier:g}X Points" if s.points_multiplier != 1 else s.name
        for s in contest.slots
    }
    has_games = _plays_games(sport, contest)
    rows: Rows = []
    for p in players:
        sides = [p.game, p.team, p.opponent] if has_games else ["", "", ""]
        roster = "/".join(labels[slot] for slot in _slots(contest, p.position))
        rows.append([f"99-{p.number}", p.position, p.first, p.name, p.last, p.points, 9, p.salary, *sides, "", "", "",
                     "", "", roster])  # fmt: skip
    return FANDUEL, rows


def _yahoo(sport: Sport, contest: Contest, players: Sequence[_Player]) -> tuple[str, Rows]:
    rows: Rows = []
    for p in players:
        number = f"{sport.code}.p.{p.number}"
        rows.append([number, p.first, p.last, f"{number} - {p.name}", p.position, p.team, p.opponent, p.game,
                     "4:25PM EST", p.salary, p.points, " ", ""])  # fmt: skip
    return YAHOO, rows


def _fantasydraft(sport: Sport, contest: Contest, players: Sequence[_Player]) -> tuple[str, Rows]:
    rows: Rows = []
    for p in players:
        team = sport.teams[p.team].split()[-1] if sport.teams else p.team
        rows.append([p.position, p.name, team, p.game.replace("@", " @ "), p.points, f"${p.salary:,}.00"])
    return FANTASYDRAFT, rows


def _plain(sport: Sport, contest: Contest, players: Sequence[_Player]) -> tuple[str, Rows]:
    return PLAIN, [[p.name, p.position, p.team, p.opponent, p.salary, p.points] for p in players]
