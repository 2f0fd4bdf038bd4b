"""Random numbers by (seed, stream, step): nothing is consumed, so a run that is taken up anywhere goes on with its own."""

from typing import Any

import numpy as np
import numpy.typing as npt

ACTING, SAMPLING, RESETTING = 10, 11, 12
"""The streams: exploration, the rows of minibatches, the seeds of episodes."""
BLOCK = 8192
"""Numbers that are drawn at once, about."""


class Uniforms:
    """Uniform numbers in [0, 1), so many a step.

    Args:
        seed: of all of them.
        stream: which of the seed's streams.
        each: numbers a step, such as (2, 32).
    """

    def __init__(self, seed: int, stream: int, each: tuple[int, ...]) -> None:
        self.seed, self.stream, self.each = seed, stream, each
        self.steps = max(1, BLOCK // max(1, int(np.prod(each))))
        self.block = -1
        self.numbers: npt.NDArray[np.float64] = np.empty((0, *each))

    def at(self, step: int) -> npt.NDArray[np.float64]:
        """The numbers of a step; a view that the next block replaces."""
        block, within = divmod(step, self.steps)
        if block != self.block:
            bits = np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=(self.stream, block)))
            self.numbers = np.random.Generator(bits).random((self.steps, *self.each))
            self.block = block
        return self.numbers[within]


def seed_of(seed: int, episode: int) -> int:
    """What an environment is reset with for an episode."""
    sequence: Any = np.random.SeedSequence(seed, spawn_key=(RESETTING, episode))
    return int(sequence.generate_state(1)[0] >> 1)
