"""The field model on finished contests, each predicted by habits that have not seen it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sdp_engine.contest import habits as shipped
from sdp_engine.contest.finished import Finished
from sdp_engine.contest.fitting import fit
from sdp_engine.contest.grading import grade
from sdp_engine.contest.habits import Habits

TRUST = 0.05
"""How strongly habits learned elsewhere hold against the few contests at hand."""
UNLEARNED = Habits(
    source="Round numbers, for a slate that the shipped habits have seen and that stands alone.",
    pulls={"value": 7.0, "good_value": 3.0, "salary": 4.0, "cheapest": -1.0},
    unspent=(2.5, 2.0, 1.5, 1.0, 0.5, -1.0, -2.5, -4.0),
)
_ROUNDS = 40
_SAID = ("said", "said_share")


def leave_one_out(
    contests: Sequence[Finished], on_contest: Callable[[str], None] | None = None
) -> list[dict[str, Any]]:
    """Return the grades of every contest (see `grading.grade`), each predicted by habits that have not seen it.

    The habits are learned from the contests of other slates of which the same was known (projections, or averages of
    earlier games), beginning with the shipped ones where those have not seen the slate either. Where somebody's
    projected ownership is known, the field is predicted with it (`ownership`) and without it
    (`ownership_without_projected`); `habits` says what each was learned from.
    """
    grades = []
    for contest in contests:
        if on_contest is not None:
            on_contest(contest.name)
        others = [c for c in contests if c.slate.digest != contest.slate.digest and kind(c) == kind(contest)]
        used, how = unseen(contest, others, said=contest.has_ownership)
        told = grade(contest, used) | {"habits": how}
        if contest.has_ownership:
            plain, _ = unseen(contest, others, said=False)
            told["ownership_without_projected"] = grade(contest, plain)["ownership"]
        grades.append(told)
    return grades


def kind(contest: Finished) -> tuple[str, str]:
    """Return which habits a contest is drafted by: sport and mode."""
    return contest.sport, contest.mode


def unseen(contest: Finished, others: Sequence[Finished], *, said: bool) -> tuple[Habits, str]:
    """Return habits for a contest that they have not seen, and in words where they come from."""
    name = "_".join(kind(contest))
    start = shipped.load_told(name, has_ownership=said)
    if said and not set(_SAID) & set(start.pulls):
        start = start.model_copy(update={"pulls": start.pulls | dict.fromkeys(_SAID, 0.0)})
    fresh = contest.slate.digest not in start.slates
    like = [c for c in others if c.is_average == contest.is_average and (c.has_ownership or not said)]
    if not like:
        if fresh:
            return start, "shipped"
        return UNLEARNED, "nothing: there is no contest of another slate to learn from"
    if fresh:
        return fit([c.slate for c in like], start, trust=TRUST, rounds=_ROUNDS), f"shipped, and {len(like)} others"
    blank = start.model_copy(
        update={
            "pulls": {name: UNLEARNED.pulls.get(name, 0.0) for name in start.pulls},
            "unspent": UNLEARNED.unspent,
            "bonds": tuple(b.model_copy(update={"pull": 0.0}) for b in start.bonds),
            "slates": (),
        }
    )
    return fit([c.slate for c in like], blank, rounds=_ROUNDS), f"{len(like)} others"


def summary(grades: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the means over contests: the model's and the projected ownership's errors on the same contests."""
    rivals = [g for g in grades if "projected_ownership" in g]

    def mean(rows: Sequence[dict[str, Any]], *path: str) -> float | None:
        values = []
        for row in rows:
            value: Any = row
            for key in path:
                value = value[key]
            values.append(float(value))
        return round(float(np.mean(values)), 4) if values else None

    return {
        "contests": len(grades),
        "mae": mean(grades, "ownership", "mae"),
        "rank_correlation": mean(grades, "ownership", "rank_correlation"),
        "with_projected_ownership": {
            "contests": len(rivals),
            "model_mae": mean(rivals, "ownership", "mae"),
            "projected_mae": mean(rivals, "projected_ownership", "mae"),
            "model_without_it_mae": mean(rivals, "ownership_without_projected", "mae"),
            "model_rank_correlation": mean(rivals, "ownership", "rank_correlation"),
            "projected_rank_correlation": mean(rivals, "projected_ownership", "rank_correlation"),
            "model_without_it_rank_correlation": mean(rivals, "ownership_without_projected", "rank_correlation"),
        },
        "field_score_ks": mean(grades, "field_scores", "ks"),
        "distinct_share": [
            mean(grades, "duplicates", "predicted", "distinct_share"),
            mean(grades, "duplicates", "real", "distinct_share"),
        ],
        "stack_distance": mean(grades, "stacks", "distance"),
    }
