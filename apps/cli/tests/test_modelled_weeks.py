"""The season test's own projections: who of a site's list is meant, and that nothing is built of what nobody said."""

import numpy as np
import polars as pl
import pytest
from sdp_cli.commands.modelled_weeks import Modelled, check_found, match
from sdp_common.errors import Conflict
from sdp_engine.optimize.season import Outlook

PEOPLE = pl.DataFrame(
    {
        "row": [0, 1, 2, 3, 4, 5, 6],
        "normalised_name": [
            "josh allen", "josh allen", "david johnson", "david johnson", None, "mike williams", "robbie chosen",
        ],
        "position": ["QB", "DE", "RB", "RB", "DST", "WR", "WR"],
        "team_id": ["nfl:BUF", "nfl:JAX", "nfl:ARI", "nfl:PIT", "nfl:JAX", "nfl:LAC", "nfl:NYJ"],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "position", "team", "row"),
    [
        ("Josh Allen", "QB", "BUF", 0),
        ("David Johnson", "RB", "PIT", 3),
        ("David Johnson", "RB", "HOU", -1),  # two of the position bear the name: nobody is meant
        ("Mike Williams Jr.", "WR", "BUF", 5),  # traded since: one of the position bears it
        ("Joshua Allen", "QB", "BUF", 0),  # a short first name
        ("Robby Anderson", "WR", "NYJ", 6),  # he changed his name since
        ("Jaguars", "DST", "JAX", 4),
        ("Nobody Atall", "WR", "BUF", -1),
    ],
)
def test_a_name_of_the_list_is_the_player_of_the_team_or_the_only_one(
    name: str, position: str, team: str, row: int
) -> None:
    slate = pl.DataFrame({"name": [name], "position": [position], "team": [team]})
    assert match(slate, PEOPLE).tolist() == [row]


def test_a_week_of_which_nobody_is_known_is_refused() -> None:
    known = Modelled(1, Outlook(np.ones(2)), 2)
    check_found([known])
    with pytest.raises(Conflict, match="week 2"):
        check_found([known, Modelled(2, Outlook(np.zeros(2)), 0)])
