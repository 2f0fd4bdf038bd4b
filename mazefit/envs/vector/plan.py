"""What a vector environment was asked for, checked: all that an engine needs to be built from."""

from dataclasses import dataclass

from gymnasium.vector import AutoresetMode

from mazefit.envs.vector.tables import VectorTables

INFOS = ("position", "distance", "probability", "action_mask")
LONGEST = 2**30 - 1  # steps of an episode, so that deadlines fit 32 bits


@dataclass(frozen=True)
class Plan:
    """What an engine is built from.

    Args:
        tables: the mazes' tables.
        count: number of environments N.
        mode: what happens after an episode's end.
        limit: steps after which an episode is truncated, or None.
        random: whether episodes begin anywhere from which a goal can be reached.
        observation: "state", "coordinates" or "grid".
        infos: which entries infos have, in the order of `INFOS`.
        copy: whether every answer is the caller's own.
    """

    tables: VectorTables
    count: int
    mode: AutoresetMode
    limit: int | None
    random: bool
    observation: str
    infos: tuple[str, ...]
    copy: bool
