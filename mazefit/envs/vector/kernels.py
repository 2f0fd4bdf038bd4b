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
    worth: Any,
    numbers: Any,
    sizes: Any,
    block: Any,
    place: Any,
    rows: Any,
    rewards: Any,
    terminations: Any,
    truncations: Any,
    some_terminated: Any,
    some_truncated: Any,
    deadline: Any,
    home: Any,
    ended: Any,
    last: Any,
    two: bool,
    limited: bool,
    after: int,
    time: int,
    due: int,
) -> int:
    """Move all environments, unless an action is out of range; look after those whose episode ends.

    Args:
        actions: unsigned [N].
        table: unsigned [T * 4], `place << numbers[0] | code` of where each cell leads; place = row * 4.
        worth: float64, the reward by code; an odd code ends the episode.
        numbers: unsigned [3]: bits of a code, the same and two more, the mask of a code.
        sizes: uint64 [3]: 0, N and the size of a block.
        block: unsigned [sizes[2]], scratch.
        place: unsigned [N], where each environment stands; changed.
        rows: int64 [N], rewards: float64 [N], terminations, truncations: uint8 [N]; filled.
        some_terminated: terminations eight at a time, uint64 [N / 8]; some_truncated likewise.
        deadline: int32 [N], the step after which an episode is cut; changed.
        home: unsigned [N], the place of one whose episode ended.
        ended: int64 [N + 1], filled with who they are; last: int64 [N + 1], with the rows that they ended in.
        two: whether there are two different rewards at most.
        limited: whether episodes are cut by time.
        after: STAY, LEAD_HOME or BEGIN.
        time: the number of this step.
        due: the deadline of episodes that begin now.

    Returns:
        How many episodes ended; -1 where an action is out of range, and nothing was changed.
    """
    bad = actions[0]
    for i in range(len(actions)):
        bad |= actions[i]
    if bad > 3:
        return -1
    bits, more, code = numbers[0], numbers[1], numbers[2]
    zero, count, size = sizes[0], sizes[1], sizes[2]
    first, second = worth[0], worth[len(worth) - 1]
    for low in range(zero, count, size):
        high = min(low + size, count)
        for i in range(low, high):
            block[i - low] = table[place[i] | actions[i]]
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
    for eight in range(len(some_terminated)):
        last[words] = eight
        words += (some_terminated[eight] | some_truncated[eight]) != 0
    found = 0
    for word in range(words):
        for i in range(8 * last[word], min(8 * last[word] + 8, len(actions))):
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
