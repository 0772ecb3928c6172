"""All lineups still to come as one integer program: the next is the best that leaves a way to complete the set."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from sdp_engine.optimize.ledger import Ledger
from sdp_engine.optimize.program import Ints, Program, Row, Task, row

_RULE = "a set that can be completed"


def together(
    program: Program, ledger: Ledger, value: Ints, shared: Sequence[Row], rooms: Mapping[tuple[int, ...], int]
) -> Task:
    """Return the program of the next lineup and, beside it, of every later one, which are worth nothing here.

    Args:
        program: The program of one lineup.
        ledger: The lineups that stand.
        value: What each column is worth to the next lineup, shape (columns,).
        shared: The rules that every lineup keeps by itself.
        rooms: In how many of them one of some items may stand.
    """
    width, blocks = len(value), ledger.left
    every = [block * width for block in range(blocks)]
    rows = [Row(r.rule, r.columns + by, r.weights, r.low, r.high) for by in every for r in shared]
    rows += [row(_RULE, [i + by for by in every for i in items], high=room) for items, room in rooms.items()]
    columns = blocks * width
    scarce = [x for x, e in enumerate(program.exposed) if e.at_most < ledger.left + len(ledger.chosen)]
    for exposed, held in zip(program.exposed, ledger.held.tolist(), strict=True):
        if exposed.column is not None and held < exposed.at_least:
            rows.append(row(_RULE, [exposed.column + by for by in every], low=exposed.at_least - held))
    for x in scarce:
        counts = range(columns, columns + blocks)
        columns += blocks
        for by, count in zip(every, counts, strict=True):
            rows += _counting(program, x, by, count)
        rows.append(row(_RULE, counts, high=program.exposed[x].at_most - int(ledger.held[x])))
    for one in range(blocks):
        for other in range(one):
            both = range(columns, columns + program.items)
            columns += program.items
            rows += _apart(every[one], every[other], both, ledger.most_shared)
    worth = np.concatenate([value, np.zeros(columns - width, np.int64)])
    return Task(worth, np.ones(columns, np.int64), rows, program.items)


def _counting(program: Program, exposed: int, by: int, count: int) -> Iterator[Row]:
    """Yield the rows by which a column is one where a lineup counts for what is exposed."""
    told = program.exposed[exposed]
    if told.broken:
        for ends in told.broken:
            yield row(_RULE, [*(c + by for c in ends), count], low=1)
        return
    for ((items, least),) in told.options:
        over = program.contest.roster_size - least + 1
        weights = np.array([1] * len(items) + [-over])
        yield Row(_RULE, np.array([*(items + by), count]), weights, high=least - 1)


def _apart(one: int, other: int, both: Sequence[int], most: int) -> Iterator[Row]:
    """Yield the rows by which two lineups share `most` items; `both` are columns that say which."""
    for item, shared in enumerate(both):
        yield Row(_RULE, np.array([one + item, other + item, shared]), np.array([1, 1, -1]), high=1)
    yield row(_RULE, both, high=most)
