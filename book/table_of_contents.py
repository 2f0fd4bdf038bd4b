"""The figures in the order of the page: importing their files enters them."""

from importlib import import_module

CHAPTERS = (
    "gridworlds",
    "planning_games",
    "blackjack",
    "infinite_variance",
    "random_walk",
    "batch_updating",
    "windy_gridworld",
    "cliff_walking",
    "maximization_bias",
    "n_step",
    "dyna",
    "changing_mazes",
    "prioritized_sweeping",
    "traces",
)


def load() -> None:
    """Enter every figure."""
    for name in CHAPTERS:
        import_module(f"book.figures.{name}")
