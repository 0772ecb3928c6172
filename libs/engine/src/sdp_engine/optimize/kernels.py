"""The optimizer's inner loops, compiled once and kept on disk; whole numbers throughout, so nothing rounds.

People are read in a fixed order. Person `i` stands in automaton layer `layer[i]`; the ways to take him are the moves
`first[i]` to `first[i + 1]`, of which at most one is used. Of a move `m`: `way[m]` its way in the layer, `item[m]` the
program's item, `cost[m]` its salary in grid units, `worth[m]` its value, `bound[m]` its value less the price of the
rules that the automaton does not know. `forced[i]` says that he must be taken.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEVER = -(1 << 29)
FULL, WEARY = -1, -2
"""What `lineups_between` returns instead of a count: no room for more lineups, too many steps."""

Array = NDArray[Any]


@njit(cache=True, nogil=True)
def completions(
    layer: Array, first: Array, way: Array, cost: Array, bound: Array, forced: Array, take: Array, down: Array,
    width: Array, budget: int, slack: int, base: Array, best: Array,
) -> None:  # fmt: skip
    """Fill `best[base[i] + state, salary left]`: the most that people from `i` on can still add, far below zero where
    nothing. At most `slack` of the budget may be left over at the end; shape (rows, budget + 1), `base` says where the
    rows of each person, and the last for nobody, begin.
    """
    people = len(layer)
    for left in range(budget + 1):
        best[base[people], left] = 0 if left <= slack else NEVER
    for i in range(people - 1, -1, -1):
        t = layer[i]
        last = i + 1 == people or layer[i + 1] != t
        for k in range(width[t]):
            row = best[base[i] + k]
            same = down[t, k] if last else k
            if same >= 0 and not forced[i]:
                row[:] = best[base[i + 1] + same]
            else:
                row[:] = NEVER
            for m in range(first[i], first[i + 1]):
                z = take[t, way[m], k]
                if z >= 0 and last:
                    z = down[t, z]
                if z < 0:
                    continue
                paid, gain, source = cost[m], bound[m], best[base[i + 1] + z]
                for left in range(paid, budget + 1):
                    row[left] = max(row[left], source[left - paid] + gain)


@njit(cache=True, nogil=True)
def lineups_between(  # noqa: C901 -- one compiled search: calls would be copied into it anyway
    low: int, high: int, price: int, steps: Array,
    layer: Array, first: Array, way: Array, cost: Array, bound: Array, forced: Array, take: Array, down: Array,
    start: int, budget: int, base: Array, best: Array, item: Array, worth: Array, barred: Array, size: int,
    row_first: Array, row_of: Array, row_weight: Array, row_low: Array, row_high: Array, rising: Array,
    choice_first: Array, choice_least: Array, option_first: Array, term_row: Array, term_least: Array,
    shared: Array, most_shared: int, out: Array, value: Array, count: int,
) -> int:  # fmt: skip
    """Append every lineup with `low <= value < high` that keeps all rules; return how many `out` holds then.

    `price` is what the rules without a place in the automaton add to every bound; `steps` holds one number, the moves
    after which the search gives up (`WEARY`), and then how many of them are left. `barred` items may not stand; a
    lineup holds `size` people.

    `row_first`, `row_of`, `row_weight` are the rows of each item and its weight in them, `row_low` and `row_high`
    their limits; `rising` marks rows that only grow, so that a breach is seen at once. At least `choice_least`
    options of a choice hold; an option holds where the row of each of its terms reaches `term_least`.

    `shared` says which earlier lineups hold each item, shape (items, lineups): at most `most_shared` of a lineup's.
    Lineups (their items in order) and their values go to `out` and `value`, from `count` on.
    """
    people, earlier, rows = len(layer), shared.shape[1], len(row_low)
    at, move, state = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    left, promise, total = np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64), np.zeros(size + 1, np.int64)
    taken = np.zeros(size + 1, np.int64)
    overlap = np.zeros((size + 1, max(earlier, 1)), np.int8)
    tally = np.zeros(rows, np.int64)
    depth, most_steps, walked = 0, steps[0], 0
    state[0], left[0] = start, budget
    while depth >= 0:
        moved = False
        if depth == size:
            good = low <= total[depth] < high
            for r in range(rows):
                if tally[r] < row_low[r] or tally[r] > row_high[r]:
                    good = False
                    break
            c = 0
            while good and c < len(choice_least):
                held = 0
                for option in range(choice_first[c], choice_first[c + 1]):
                    holds = True
                    for term in range(option_first[option], option_first[option + 1]):
                        if tally[term_row[term]] < term_least[term]:
                            holds = False
                            break
                    held += holds
                good = held >= choice_least[c]
                c += 1
            if good:
                if count >= len(out):
                    steps[0] = most_steps - walked
                    return FULL
                for d in range(size):
                    new, place = item[taken[d]], d
                    while place > 0 and out[count, place - 1] > new:
                        out[count, place] = out[count, place - 1]
                        place -= 1
                    out[count, place] = new
                value[count] = total[depth]
                count += 1
        else:
            i, m, k = at[depth], move[depth], state[depth]
            while i < people:
                if m == first[i] and promise[depth] + best[base[i] + k, left[depth]] + price < low:
                    break
                t = layer[i]
                last = i + 1 == people or layer[i + 1] != t
                while m < first[i + 1]:
                    walked += 1
                    if walked > most_steps:
                        steps[0] = 0
                        return WEARY
                    z = take[t, way[m], k]
                    if z >= 0 and last:
                        z = down[t, z]
                    if z < 0 or barred[item[m]] or cost[m] > left[depth]:
                        m += 1
                        continue
                    rest = best[base[i + 1] + z, left[depth] - cost[m]]
                    if promise[depth] + bound[m] + rest + price < low:
                        m += 1
                        continue
                    good = True
                    j = item[m]
                    for e in range(row_first[j], row_first[j + 1]):
                        r = row_of[e]
                        if rising[r] and tally[r] + row_weight[e] > row_high[r]:
                            good = False
                            break
                    if good and earlier > 0:
                        most = 0
                        for a in range(earlier):
                            common = overlap[depth, a] + shared[j, a]
                            overlap[depth + 1, a] = common
                            most = max(most, common)
                        good = most <= most_shared
                    if not good:
                        m += 1
                        continue
                    for e in range(row_first[j], row_first[j + 1]):
                        tally[row_of[e]] += row_weight[e]
                    at[depth], move[depth], state[depth], taken[depth] = i, m + 1, k, m
                    depth += 1
                    at[depth], move[depth], state[depth] = i + 1, first[i + 1], z
                    left[depth] = left[depth - 1] - cost[m]
                    promise[depth] = promise[depth - 1] + bound[m]
                    total[depth] = total[depth - 1] + worth[m]
                    moved = True
                    break
                if moved or forced[i]:
                    break
                if last:
                    k = down[t, k]
                    if k < 0:
                        break
                i += 1
                m = first[i]
        if not moved:
            depth -= 1
            if depth >= 0:
                j = item[taken[depth]]
                for e in range(row_first[j], row_first[j + 1]):
                    tally[row_of[e]] -= row_weight[e]
    steps[0] = most_steps - walked
    return count


@njit(cache=True, nogil=True)
def _before(one: Array, other: Array) -> bool:
    for a, b in zip(one, other):  # noqa: B905 -- compiled code knows no strict
        if a != b:
            return bool(a < b)
    return False


@njit(cache=True, nogil=True)
def _sort_items(rows: Array, index: Array, count: int) -> None:
    """Sort the first `count` of `index` by the items of their rows (heap sort: in place, never quadratic)."""
    for end in range(count - 1 + count // 2, 0, -1):
        if end >= count:
            root, size = end - count, count  # build the heap
        else:
            index[0], index[end] = index[end], index[0]
            root, size = 0, end
        while 2 * root + 1 < size:
            child = 2 * root + 1
            if child + 1 < size and _before(rows[index[child]], rows[index[child + 1]]):
                child += 1
            if not _before(rows[index[root]], rows[index[child]]):
                break
            index[root], index[child] = index[child], index[root]
            root = child


@njit(cache=True, nogil=True)
def pick(
    rows: Array, value: Array, order: Array, wanted: int, most_shared: int, owner: Array, room: Array,
    term_first: Array, term_of: Array, term_least: Array, term_option: Array, option_terms: Array,
    option_limit: Array, limit_room: Array, chosen: Array,
) -> int:  # fmt: skip
    """Fill `chosen` with the rows that greed takes, the best first, equals by their items; return how many.

    `rows` are the sorted items of each lineup (a repeated lineup is taken once), `value` what each is worth and
    `order` sorts by it, the largest first. At most `wanted` are taken, two of which share `most_shared` items at most.
    `owner` is who an item is, `room` in how many more lineups he may stand. `term_first`, `term_of` are the terms of
    each item: a term holds with `term_least` of its items, an option with `option_terms` of its terms, and a lineup
    counts for `option_limit` of an option that holds; `limit_room` says how many more may. Both rooms are lessened.
    """
    size = rows.shape[1]
    holds = np.zeros((max(wanted, 1), len(owner)), np.uint8)
    tally, held = np.zeros(len(term_least), np.int64), np.zeros(len(option_terms), np.int64)
    tied = np.zeros(16, np.int64)
    done, begin, total = 0, 0, len(order)
    apart = most_shared < size - 1  # else only the same lineup again is too close, and that has the same value
    while begin < total and done < wanted:
        worth, end = value[order[begin]], begin
        while end < total and value[order[end]] == worth:
            end += 1
        if end - begin > len(tied):
            tied = np.zeros(2 * (end - begin), np.int64)
        fitting = 0
        for place in range(begin, end):
            if _fits(rows[order[place]], holds, 0 if apart else done, done, most_shared, owner, room,
                     term_first, term_of, term_least, term_option, option_terms, option_limit, limit_room,
                     tally, held):  # fmt: skip
                tied[fitting] = order[place]
                fitting += 1
        _sort_items(rows, tied, fitting)
        before = done
        for place in range(fitting):
            row = rows[tied[place]]
            if done == wanted:
                break
            if not _fits(row, holds, before, done, most_shared, owner, room,
                         term_first, term_of, term_least, term_option, option_terms, option_limit, limit_room,
                         tally, held):  # fmt: skip
                continue
            chosen[done] = tied[place]
            for j in row:
                holds[done, j] = 1
                room[owner[j]] -= 1
            for x in _counted(row, term_first, term_of, term_least, term_option, option_terms, option_limit,
                              tally, held):  # fmt: skip
                limit_room[x] -= 1
            done += 1
        begin = end
    return done


@njit(cache=True, nogil=True)
def _counted(
    row: Array, term_first: Array, term_of: Array, term_least: Array, term_option: Array, option_terms: Array,
    option_limit: Array, tally: Array, held: Array,
) -> list[int]:  # fmt: skip
    """Return the limits for which a lineup counts, each once."""
    found = [x for x in range(0)]  # noqa: C416 -- a typed empty list
    for j in row:
        for e in range(term_first[j], term_first[j + 1]):
            term = term_of[e]
            tally[term] += 1
            if tally[term] == term_least[term]:
                option = term_option[term]
                held[option] += 1
                if held[option] == option_terms[option] and option_limit[option] not in found:
                    found.append(option_limit[option])
    for j in row:
        for e in range(term_first[j], term_first[j + 1]):
            tally[term_of[e]] = 0
            held[term_option[term_of[e]]] = 0
    return found


@njit(cache=True, nogil=True)
def _fits(
    row: Array, holds: Array, after: int, done: int, most_shared: int, owner: Array, room: Array,
    term_first: Array, term_of: Array, term_least: Array, term_option: Array, option_terms: Array,
    option_limit: Array, limit_room: Array, tally: Array, held: Array,
) -> bool:  # fmt: skip
    """Return whether a lineup keeps its distance from the lineups `after` to `done` and every limit has room."""
    for j in row:
        if room[owner[j]] <= 0:
            return False
    for a in range(after, done):
        common = 0
        for j in row:
            common += holds[a, j]
        if common > most_shared:
            return False
    full = 0
    for x in _counted(row, term_first, term_of, term_least, term_option, option_terms, option_limit, tally, held):
        full += limit_room[x] <= 0
    return full == 0


@njit(cache=True, nogil=True)
def world_optima(  # noqa: C901 -- one compiled loop
    value: Array, layer: Array, first: Array, way: Array, item: Array, cost: Array, forced: Array, take: Array,
    down: Array, width: Array, start: int, budget: int, slack: int, most: Array, best: Array, out: Array, total: Array,
) -> None:  # fmt: skip
    """Fill `out` and `total` with the items and the value of the best lineup of each world.

    `value` is what each item is worth in each world, shape (worlds, items). Of a layer of which a lineup holds `most`
    people, those are left out whom as many others beat or equal in value and in cost.
    """
    people, moves = len(layer), len(item)
    k_layer, k_first = np.zeros(people, np.int64), np.zeros(people + 1, np.int64)
    k_way, k_cost, k_bound = np.zeros(moves, np.int64), np.zeros(moves, np.int64), np.zeros(moves, np.int64)
    k_item, k_forced, base = np.zeros(moves, np.int64), np.zeros(people, np.bool_), np.zeros(people + 1, np.int64)
    for w in range(len(value)):
        worth = value[w]
        count, used = 0, 0
        begin = 0
        while begin < people:
            end = begin
            while end < people and layer[end] == layer[begin]:
                end += 1
            limit = most[layer[begin]]
            for i in range(begin, end):
                beaten = 0
                if limit < end - begin:
                    mine, paid = worth[item[first[i]]], cost[first[i]]
                    for other in range(begin, end):
                        theirs, price = worth[item[first[other]]], cost[first[other]]
                        if price <= paid and theirs >= mine and (price < paid or theirs > mine or other < i):
                            beaten += 1
                            if beaten >= limit:
                                break
                if limit < end - begin and beaten >= limit:
                    continue
                k_layer[count], k_forced[count], k_first[count] = layer[i], forced[i], used
                for m in range(first[i], first[i + 1]):
                    k_way[used], k_cost[used], k_item[used] = way[m], cost[m], item[m]
                    k_bound[used] = worth[item[m]]
                    used += 1
                count += 1
            begin = end
        k_first[count] = used
        for i in range(count):
            base[i + 1] = base[i] + width[k_layer[i]]
        completions(
            k_layer[:count], k_first[: count + 1], k_way[:used], k_cost[:used], k_bound[:used], k_forced[:count],
            take, down, width, budget, slack, base[: count + 1], best,
        )  # fmt: skip
        total[w] = best[start, budget]
        if total[w] <= NEVER // 2:
            continue
        k, left, place = start, budget, 0
        for i in range(count):
            t = k_layer[i]
            last = i + 1 == count or k_layer[i + 1] != t
            same = down[t, k] if last else k
            if same >= 0 and not k_forced[i] and best[base[i + 1] + same, left] == best[base[i] + k, left]:
                k = same
                continue
            for m in range(k_first[i], k_first[i + 1]):
                z = take[t, k_way[m], k]
                if z >= 0 and last:
                    z = down[t, z]
                if z < 0 or k_cost[m] > left:
                    continue
                if best[base[i + 1] + z, left - k_cost[m]] + k_bound[m] == best[base[i] + k, left]:
                    out[w, place] = k_item[m]
                    place += 1
                    k, left = z, left - k_cost[m]
                    break
