"""What the league looks like: the constants the simulation rests on, each with its meaning and source.

Rates of scoring: play-by-play of the regular seasons 2019-2022. Regressions: team games of the regular seasons
2015-2020 on the game's score, of both teams, beyond what teams' own averages and the line say. What is tuned by hand
was tuned on the seasons 2021 and 2022; 2023 and later are held out.
"""

import numpy as np

DEFENSIVE_TDS = 0.133
"""Touchdowns of defence and special teams a team game; where enough games are known, theirs lately count instead."""
RETURNED = 0.23
"""Of these, kicks and punts returned: charged to no offence, credited to a player."""
SAFETIES = 0.025
FIELD_GOALS = 1.65
OFFENSIVE_TDS = 2.42
TRIES = (0.84, 0.048, 0.112)
"""How the try after a touchdown ends: one point, two, none."""
MISSED_KICK = 0.48
"""Of the tries that end in nothing, the missed kicks."""
TWO_BY_PASS = 0.65
"""Of two-point conversions, the passes."""
MISSED_GOALS = 0.287
"""Missed field goals a team game."""
GOAL_FAR, GOAL_FAR_A_YEAR, GOAL_FAR_RANGE = 0.145, 0.021, (0.08, 0.25)
"""Part of the made field goals that are from 50 yards or more in 2021, how much more each season, and what it is held
within: a line through the regular seasons 2019-2022 (.10, .13, .14, .17)."""
GOAL_MIDDLE = 0.328
"""Of the others, those from 40 yards or more; the same seasons."""
BLOCKED_GOAL, BLOCKED_TRY, BLOCKED_PUNTS = 0.13, 0.16, 0.02
"""Of missed field goals and of missed tries the blocked ones; blocked punts a team game."""
OVERTIME = {0: 1.0, 2: 0.05, 3: 0.27, 6: 0.27}
"""Chance that a game with this margin went to overtime."""
OVERTIME_PLAYS = 6.0
"""Plays a team more in a game that did."""

PLAYS_SD, RATE_SD = 7.8, 0.078
"""Sd of plays and of the share of dropbacks given the score."""
TEMPO = np.array([[1.0, -0.496, 0.146, 0.080], [0, 1.0, 0.080, 0.146], [0, 0, 1.0, -0.173], [0, 0, 0, 1.0]])
"""Correlation (upper half) of both sides' plays and both sides' dropback rates given the score."""
POINTS_A_TD = 6.95
EFFECTS = np.array(
    [
        [0.8694, 1.0435, 0.2376, 0.5003, 0.1342, -0.0060, 0, 0, 0, 0],
        [-0.0193, -0.0478, -0.0039, 0.0306, 0.0332, 0.0047, 0, 0, 0, 0],
        [0.0274, 0.0190, 0.0007, -0.0082, -0.0118, -0.0022, -0.0230, -0.0320, 0.0105, 0.0122],
        [0.8266, 0.6157, 0.0676, -0.0378, -0.0412, 0.0144, -0.2706, 0.2112, -0.2747, -0.0043],
        [0.0690, 0.3791, 0.0021, 0.0479, 0.0770, 0.0077, -0.0216, 0.0594, -0.2397, -0.0889],
        [-0.0101, -0.0069, -0.0010, 0.0017, 0.0030, 0.0005, -0.0082, -0.0040, -0.0013, 0.0005],
        [-0.0049, -0.0035, -0.0007, 0.0031, 0.0038, 0.0013, 0.0001, 0.0007, -0.0024, -0.0018],
        [-0.0560, -0.0710, -0.0110, 0.0630, 0.0450, 0.0250, 0, 0, 0, 0],
    ]
)
"""Rows: plays, dropback rate, completion rate, yards a completion, yards a carry, sack rate, interception rate, lost
fumbles. Columns: own touchdown passes, touchdown runs and other points (points less 6.95 a touchdown), the opponent's
three, then own and opponent's plays and own and opponent's dropback rate, in sds beyond the score."""
SHRINK = np.array([1.0, 1.0, 0.9, 1.0, 0.85, 1.0, 1.0, 1.0])
"""Part of each effect that is kept: after conditioning, efficiency varies no more than sampling alone would make it."""
CATCH_YARDS = -5.9
"""Yards a completion for a completion rate one higher than was to be expected."""
LEVELS = {"completion": 0.64, "air": 11.3, "ground": 4.35, "sack": 0.0646, "pick": 0.0235, "fumble": 0.44}
"""Means of the same quantities, where predictions do not say."""
PICK_RETURNED, FUMBLE_RETURNED = 0.35, 0.25
"""Interceptions and lost fumbles more for a touchdown of the opposing defence."""
TAKEAWAY_CATCH, TAKEAWAY_AIR, TAKEAWAY_GROUND = 0.036, 0.017, 0.025
"""Part of the completions, of the yards a completion and of the yards a carry that a side goes without for each
turnover it forces beyond the expected: short fields give the same points for fewer yards. Team games 2015-2020, given
the score, the line and the team's season: 13.4 passing yards less a takeaway (standard error 1.0)."""
PICK_CATCH, FUMBLE_CATCH = 0.015, -0.021
"""Part of the completions that a side goes without for each interception beyond the expected, for it was no catch, and
for each lost fumble: a drive that ends so had gained its yards for nothing. The same regression: -.0096 (.0018) of the
completion rate an interception, +.0135 (.0023) a fumble."""
LEAD, THIN = 0.0010, 0.00065
"""Part of a side's targets that a point of its own beyond the expected moves from its backs to its first two wide
receivers: who scores throws far, who does not throws short. And that a point of the opponent's moves from the first
receiver to those beyond the second, for games are decided without starters. Team games 2015-2020, against the team's
season: +.00114 (.00022) for the first two and -.00090 (.00017) for backs; -.00064 (.00017) for the first and +.00084
(.00018) for those beyond the second."""
TURNOVER_FRAILTY, SACK_FRAILTY = 0.33, 0.15
"""Log sd of a game's turnovers and sacks, common to both sides."""

CATCH_RATE = {"RB": 0.775, "WR": 0.635, "TE": 0.705, "QB": 0.70}
YARDS_A_CATCH = {"RB": 7.4, "WR": 12.5, "TE": 10.4, "QB": 7.0}
YARDS_A_CARRY = {"RB": 4.3, "WR": 5.6, "TE": 3.5, "QB": 4.6}
TD_A_CATCH = {"RB": 0.038, "WR": 0.075, "TE": 0.072, "QB": 0.05}
TD_A_CARRY = {"RB": 0.031, "WR": 0.03, "TE": 0.05, "QB": 0.045}
"""Positional means, used where a player's own prediction does not say."""
CATCH_GAMMA = {"RB": (2.0, 1.35), "WR": (0.6, 1.6), "TE": (0.6, 1.6)}
"""Yards of one catch: a gamma of this shape (second) less this shift (first); r catches add r times the shape."""
CARRY_GAMMA = {"RB": (2.0, 1.07), "QB": (2.0, 0.90), "WR": (2.0, 0.90)}
"""Yards of one carry, likewise."""
THROWN_AWAY = 0.03
"""Attempts without a target."""
TARGET_CONCENTRATION = 66.0
CARRY_CONCENTRATION = 9.0
"""Dirichlet concentration of shares: game-to-game spread of targets and carries around the expected shares."""
QB_CARRY_CONCENTRATION = 32.0
QB_CARRY_TRIALS = 40
"""A quarterback's carries: beta-binomial, apart from the script, for they grow out of dropbacks."""
CATCH_NOISE, CARRY_NOISE = 0.18, 0.24
"""Sd of a receiver's and a runner's own efficiency in a game, as a share of his mean."""
TD_BY_CATCH = 0.5
"""Weight of catches against yards in who scores by the air."""
TD_BY_YARD = 0.1
"""Weight of a yard against a carry in who scores on the ground."""
QB_EXIT, QB_ABSENT = 0.085, 0.95
"""Chance that a starting quarterback is relieved whatever the score, and the most of a game that he misses then: this
part times a cubed uniform number, for most are back soon or leave late."""
EXIT_BEHIND, EXIT_AHEAD = 0.016, 0.025
"""Further chance for each point behind by more than BEHIND, likewise; and for each ahead by more than AHEAD, at the
end of a game that is decided."""
BEHIND, AHEAD, MOST_EXIT = 9, 16, 0.45
LATE = 0.2
"""The most of a game that the starter of a side far ahead misses; uniform.

Relief was fitted to the team games of the regular seasons 2016-2020 by their final margin: another quarterback
throws in 13 % of them (7 % of those within a touchdown, half of those won by 28 or more), 3.0 % of all dropbacks."""
MARGIN_SD = 13.3
"""Sd of a game's margin around its line, where the worlds are not at hand."""
EXIT = {"RB": 0.035, "WR": 0.03, "TE": 0.03}
"""Chance that another starter does; team-mates take over what he would have had."""
QB_FUMBLES = 0.45
"""Lost fumbles that are the quarterback's."""
TEAM_PASSING = (243.0, 6.0)
TEAM_RUSHING = (118.0, 2.2)
"""Yards a team game at LEAGUE_POINTS expected points, and a point more."""
LEAGUE_POINTS = 22.8
LEAGUE_PASS_TDS = 0.62
"""Passes among offensive touchdowns."""
POINTS_RANGE = (7.0, 42.0)
"""Expected points are held within this range."""
MARGINS = (
    0.002, 0.040, 0.038, 0.151, 0.049, 0.034, 0.057, 0.094, 0.037, 0.016, 0.058, 0.025, 0.015, 0.029, 0.049, 0.014,
    0.022, 0.034, 0.023, 0.011, 0.022, 0.029,
)  # fmt: skip
"""Share of games that ended with each margin from 0 on; regular seasons 1999-2020, 5,608 games."""

SPREAD_BAND, TOTAL_BAND = 2.5, 3.5
"""How near, in points (sd of a normal kernel), a past game's line counts as the game's own."""
AGE_YEARS = 12.0
"""After how many years a past game counts e times less."""
RECENT_YEARS = 2.0
"""After how many years a past game counts e times less for how often defences score, which they do ever less."""
LEAST_GAMES = 300.0
"""The kernel is widened until this many past games speak (Kish's effective number)."""
