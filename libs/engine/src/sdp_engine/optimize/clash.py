"""Why there is no answer: rules that cannot all hold, none of which could be spared."""

from collections.abc import Sequence
from dataclasses import replace

from sdp_engine.optimize.bound import refute
from sdp_engine.optimize.program import COUNTS, Row, Task

MANY = 8
"""Rules of which more are not proven needed one by one: nobody reads on, and it takes seconds."""


def clash(task: Task) -> tuple[str, ...]:
    """Return, in words and in the order of the rows, rules that have no answer together.

    No member can be spared: without any one of them there is an answer (or none was found or excluded within the
    solver's limit of work; of more than `MANY` rules that the relaxation refutes, the relaxation has one). Where the
    linear relaxation has no answer its prices leave a few rules, few of which can be spared: they are struck one by
    one. Else blocks are struck and halved where they matter. Later rows (the user's own rules and exposures) are kept
    rather than earlier ones. What only says when a lineup counts is no rule by itself: it always holds, and is not
    named beside the share that it is about.

    Args:
        task: A task without an answer.
    """
    kept = dict.fromkeys(r.rule for r in task.rows if not r.rule.startswith(COUNTS))
    refuted = refute(task.upper, task.rows)
    if refuted is not None:
        priced = {task.rows[i].rule for i in refuted}
        kept = {rule: None for rule in kept if rule in priced}
    told = _has_answer if refuted is None or len(kept) <= MANY else _is_relaxable

    def strike(block: Sequence[str]) -> None:
        rest = kept.keys() - set(block)
        if not told(task, [r for r in task.rows if r.rule in rest or r.rule.startswith(COUNTS)]):
            for rule in block:
                del kept[rule]
        elif len(block) > 1:
            strike(block[: len(block) // 2])
            strike(block[len(block) // 2 :])

    for block in [tuple(kept)] if refuted is None else [(rule,) for rule in kept]:
        strike(block)
    return tuple(kept)


def _is_relaxable(task: Task, rows: list[Row]) -> bool:
    return refute(task.upper, rows) is None


def _has_answer(task: Task, rows: list[Row]) -> bool:
    """Tell by the relaxation, and else by CP-SAT; what that does not tell within its limit of work has one."""
    if refute(task.upper, rows) is not None:
        return False
    from sdp_engine.optimize.cpsat import Undecided, feasible  # takes longer to load than most refusals take

    try:
        return feasible(replace(task, rows=rows))
    except Undecided:
        return True
