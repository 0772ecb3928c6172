"""Why there is no answer: rules that cannot all hold, none of which could be spared."""

from collections.abc import Sequence
from dataclasses import replace

from sdp_engine.optimize.cpsat import feasible
from sdp_engine.optimize.program import COUNTS, Task


def clash(task: Task) -> tuple[str, ...]:
    """Return, in words and in the order of the rows, rules that have no answer together.

    No member can be spared: without any one of them there is an answer. Blocks of rules are struck first and
    halved where they matter, so that few of many rules are found quickly; later rows (the user's own rules and
    exposures) are kept rather than earlier ones. What only says when a lineup counts is no rule by itself: it always
    holds, and is not named beside the share that it is about.

    Args:
        task: A task without an answer.
    """
    kept = dict.fromkeys(r.rule for r in task.rows if not r.rule.startswith(COUNTS))

    def strike(block: Sequence[str]) -> None:
        rest = kept.keys() - set(block)
        if not feasible(replace(task, rows=[r for r in task.rows if r.rule in rest or r.rule.startswith(COUNTS)])):
            for rule in block:
                del kept[rule]
        elif len(block) > 1:
            strike(block[: len(block) // 2])
            strike(block[len(block) // 2 :])

    strike(tuple(kept))
    return tuple(kept)
