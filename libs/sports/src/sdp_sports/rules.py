"""What a user may ask of a set of lineups: one schema for files, the API and the form."""

import math
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

DEFENCE = "DST"
"""The position of a team's defence."""

BATTERS = 9
"""Places of a batting order."""
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    """Frozen, and unknown keys are refused: a misspelt rule must not be silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlayerExposure(_Part):
    """In how many of the lineups a draftable may stand, as shares of all of them."""

    draftable_id: int
    at_least: Share = 0.0
    at_most: Share = 1.0


class TeamExposure(_Part):
    """In how many of the lineups any player of a team stands, as shares of all of them."""

    team_id: str
    at_least: Share = 0.0
    at_most: Share = 1.0


class TeamCount(_Part):
    """How many players of a team every lineup holds."""

    team_id: str
    at_least: int = Field(0, ge=0)
    at_most: int | None = Field(None, ge=0)


class Who(_Part):
    """Players of whom every given field is true: one of these draftables, of one of these teams, and so on.

    `names` are written as on the slate.

    `captain` asks for the slot: true for slots that multiply points, false for the others.
    """

    draftables: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    opponents: tuple[str, ...] = ()
    games: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    captain: bool | None = None


class Group(_Part):
    """How many of some players a lineup holds; where `given`, only of lineups that hold any of those.

    "If A then at least two of B, C, D" is `given` A, `who` B, C, D, `at_least` 2; "never A with B" is `given` A, `who`
    B, `at_most` 0. A player does not count as his own company.
    """

    name: str = ""
    who: Who
    at_least: int = Field(0, ge=0)
    at_most: int | None = Field(None, ge=0)
    given: Who | None = None


class GroupExposure(_Part):
    """In how many of the lineups at least `count` of some players stand, as shares of all of them."""

    name: str = ""
    who: Who
    count: int = Field(1, ge=1)
    at_least: Share = 0.0
    at_most: Share = 1.0


class StackRule(_Part):
    """Players that belong together, in every lineup or in a share of them.

    Attributes:
        sizes: How many of one side, and of another for each further size: `[5, 3]` is five of a team and three of
            another.
        of: What holds a stack together: a team, a game, a line (column `line` of the pool, within a team), or places
            that follow one another in a team's batting order (column `batting_order`; the first follows the last).
        positions: Who counts; everybody where empty.
        teams: Only of these teams, where given (of games: games they play).
        opponents: How many of the opposing team stand beside the first size (a bring-back), of `opponent_positions`.
        at_least: Share of the lineups that hold the stack, at least; by default all.
        at_most: At most.
    """

    name: str = ""
    sizes: tuple[Annotated[int, Field(ge=2, le=20)], ...] = Field(min_length=1, max_length=4)
    of: Literal["team", "game", "line", "order"] = "team"
    positions: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    opponents: int = Field(0, ge=0)
    opponent_positions: tuple[str, ...] = ()
    at_least: Share = 1.0
    at_most: Share = 1.0


class Opposing(_Part):
    """How many players `against` a lineup holds, of those who face one of its players of some positions."""

    positions: tuple[str, ...] = Field(min_length=1)
    against: tuple[str, ...] = Field(min_length=1)
    at_most: int = Field(0, ge=0)


class Ownership(_Part):
    """How popular a lineup is: the sum, mean or product of its players' expected ownership, shares from 0 to 1."""

    measure: Literal["sum", "mean", "product"]
    at_least: float | None = Field(None, ge=0)
    at_most: float | None = Field(None, ge=0)


class Rules(_Part):
    """What every lineup and the whole set must satisfy, beside the contest's own rules.

    Attributes:
        lineups: How many lineups to build.
        locked: Draftables that stand in every lineup; no exposure limit applies to them.
        excluded: Draftables that stand in none.
        max_exposure: The largest share of the lineups that any other draftable may stand in.
        exposures: The same for single draftables, with a minimum; replaces `max_exposure` for them.
        team_exposures: The largest share of the lineups that hold any player of a team.
        min_unique: How many players any two lineups differ in.
        min_salary_usd: What a lineup costs at least.
        max_salary_usd: What a lineup costs at most, where less than the contest's cap.
        stack: Key of a declared stack. Every lineup holds an anchor, and every anchor its companions.
        teams: How many players of single teams every lineup holds.
        max_per_team: How many players of any one team a lineup holds at most, where less than the contest's.
        no_defence_against_own_offence: No lineup holds a defence and a player who faces it.
        min_games: Games from which a lineup's players come, at least.
        min_teams: Teams from which they come, at least.
        groups: How many of some players a lineup holds, always or beside others.
        group_exposures: How many of the lineups hold some players: captains, pairs, whole groups.
        stacks: Players of a team, game, line or batting order that stand together.
        opposing: How many players may face others of the same lineup.
        ownership: How popular a lineup is.
        worlds_per_lineup: Each lineup is the best on the mean of so many simulated worlds of its own: one is the most
            upside, all of them the mean. None: on the projected points.
        seed: Which worlds.
    """

    lineups: int = Field(20, ge=1, le=10_000)
    locked: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    max_exposure: Annotated[float, Field(gt=0, le=1)] = 1.0
    exposures: tuple[PlayerExposure, ...] = ()
    team_exposures: tuple[TeamExposure, ...] = ()
    min_unique: int = Field(1, ge=1)
    min_salary_usd: int | None = Field(None, ge=0)
    max_salary_usd: int | None = Field(None, ge=0)
    stack: str | None = None
    teams: tuple[TeamCount, ...] = ()
    max_per_team: int | None = Field(None, ge=1)
    no_defence_against_own_offence: bool = False
    min_games: int = Field(1, ge=1)
    min_teams: int = Field(1, ge=1)
    groups: tuple[Group, ...] = ()
    group_exposures: tuple[GroupExposure, ...] = ()
    stacks: tuple[StackRule, ...] = ()
    opposing: tuple[Opposing, ...] = ()
    ownership: tuple[Ownership, ...] = ()
    worlds_per_lineup: int | None = Field(None, ge=1)
    seed: int = Field(1, ge=0, lt=2**63)

    def most(self, share: float) -> int:
        """Return how many lineups a share allows: rounded down, but one where it is above zero."""
        allowed = math.floor(_exact(share) * self.lineups)
        return max(1, allowed) if share > 0 else 0

    def least(self, share: float) -> int:
        """Return how many lineups a share demands: rounded up."""
        return math.ceil(_exact(share) * self.lineups)

    def cap(self, draftable_id: int) -> int:
        """Return in how many lineups a draftable may stand."""
        if draftable_id in self.locked:
            return self.lineups
        share = next((e.at_most for e in self.exposures if e.draftable_id == draftable_id), self.max_exposure)
        return self.most(share)


def _exact(share: float) -> Fraction:
    """Return the share as it is written: 0.29 of 100 is 29, not 28.999999999999996."""
    return Fraction(repr(share))
