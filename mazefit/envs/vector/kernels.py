"""The vector environment's step as a compiled loop, a block at a time, so that what a block needs stays in the nearest cache.

A block is passed over once for each array that is written: such loops are what compilers turn into vector instructions. All
numbers that make up an index are unsigned, since a signed one could be negative and would be asked each time whether it is.
"""

from typing import Any

from mazefit.kernel import kernel

STAY, LEAD_HOME, BEGIN = 0, 1, 2  # what becomes of a place whose episode ended: nothing, next-step, same-step autoreset


@kernel
def move(
    actions: Any,
    table: Any,
    places: Any,
    floats: Any,
    integers: Any,
    flags: Any,
    eights: Any,
    deadline: Any,
    sizes: Any,
    time: int,
    due: int,
) -> int:
    """Move all environments, unless an action is out of range; look after those whose episode ends.

    Arrays of one kind come behind one another in one array: a call costs as much for an argument as for many environments.

    Args:
        actions: integers [N].
        table: unsigned [T * 4], `place << bits | code` of where each cell leads; place = row * 4.
        places: unsigned; where each environment stands [N], changed; the place of one whose episode ended [N]; a block of
            scratch; and [3]: bits of a code, the same and two more, the mask of a code.
        floats: float64; rewards [N], filled; the reward by code, where an odd code ends the episode.
        integers: int64; rows [N], filled; who they are whose episode ended [N + 1] and the rows that they ended in [N + 1],
            filled as far as there are any.
        flags: uint8; terminations and truncations, each a multiple of eight long, filled.
        eights: the same, eight at a time, uint64.
        deadline: int32 [N], the step after which an episode is cut; changed.
        sizes: uint64 [6]: 0, N, the size of a block, whether there are two different rewards at most, whether episodes are cut
            by time, and STAY, LEAD_HOME or BEGIN.
        time: the number of this step.
        due: the deadline of episodes that begin now.

    Returns:
        How many episodes ended; -1 where an action is out of range, and nothing was changed.
    """
    bad = actions[0]
    for i in range(len(actions)):
        bad |= actions[i]
    if bad > 3 or bad < 0:
        return -1
    n, half = len(actions), len(eights) // 2
    zero, count, size, two, limited, after = sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]
    place, home, block = places[:n], places[n : 2 * n], places[2 * n :]
    bits, more, code = places[len(places) - 3], places[len(places) - 2], places[len(places) - 1]
    rewards, worth = floats[:n], floats[n:]
    rows, ended, last = integers[:n], integers[n : 2 * n + 1], integers[2 * n + 1 :]
    terminations, truncations = flags[: 8 * half], flags[8 * half :]
    some_terminated, some_truncated = eights[:half], eights[half:]
    first, second = worth[0], worth[len(worth) - 1]
    for low in range(zero, count, size):
        high = min(low + size, count)
        for i in range(low, high):
            block[i - low] = place[i] | actions[i]
        for i in range(low, high):
            block[i - low] = table[block[i - low]]
        for i in range(low, high):
            place[i] = block[i - low] >> bits
        for i in range(low, high):
            rows[i] = block[i - low] >> more
        if two:
            for i in range(low, high):
                rewards[i] = first if (block[i - low] & code) < 2 else second
        else:
            for i in range(low, high):
                rewards[i] = worth[block[i - low] & code]
        for i in range(low, high):
            terminations[i] = block[i - low] & 1
        if limited:
            for i in range(low, high):
                truncations[i] = deadline[i] <= time
    words = 0  # eights of environments among which an episode ended: counted without asking, since guessing the answer is slow
    for eight in range(half):
        last[words] = eight
        words += (some_terminated[eight] | some_truncated[eight]) != 0
    found = 0
    for word in range(words):
        for i in range(8 * last[word], min(8 * last[word] + 8, n)):
            ended[found] = i
            found += terminations[i] | truncations[i]
    for number in range(found):
        i = ended[number]
        last[number] = rows[i]
        if after != STAY:
            place[i] = home[i]
            deadline[i] = due
        if after == BEGIN:
            rows[i] = home[i] >> 2
    return found
