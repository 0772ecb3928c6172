"""What is declared of a slate that the store names."""

from sdp_common.db.models.slates import Slate
from sdp_common.errors import BadInput, Problem
from sdp_sports.spec import Contest, load


def contest_of(slate: Slate, key: str | None) -> Contest:
    """Return the declared contest a slate is played or scored under.

    Raises:
        BadInput: No such contest is declared.
    """
    contests = load(slate.sport).contests
    wanted = key or slate.contest
    if wanted not in contests:
        problem = Problem(f"choose one of {', '.join(contests)}", column="contest")
        raise BadInput(f"{slate.sport} declares no contest {wanted}", [problem])
    return contests[wanted]
