"""Every row of the table by name: what it measures, in the order of the table."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from benchmarks import (
    rows_deep,
    rows_explain,
    rows_fitting,
    rows_generation,
    rows_images,
    rows_learners,
    rows_learning,
    rows_planners,
    rows_planning,
    rows_sizes,
    rows_startup,
    rows_step,
    rows_trace,
    rows_vector,
)  # fmt: skip
from benchmarks.table import Line
from benchmarks.timing import Plan

ROWS: dict[str, Callable[[Plan], Iterable[Line]]] = {
    "step": rows_step.unwrapped,
    "step-make": rows_step.through_make,
    "step-mask": rows_step.with_mask,
    "q-learning": rows_learning.untraced,
    "q-trace": rows_learning.traced,
    "solve": rows_planning.exact_values,
    "tables": rows_planning.maze_and_tables,
    "plan-maze": rows_planners.maze_planners,
    "plan-lake": rows_planners.lake_planners,
    "generate": rows_generation.generation,
    "make": rows_startup.making,
    "import": rows_startup.importing,
    "trace": rows_trace.traced_million,
    "learners": rows_learners.every_learner,
    "traces": rows_learners.every_trace,
    "explain": rows_explain.account,
    "sizes": rows_sizes.over_sizes,
    "fit": rows_fitting.overhead,
    "full-batch": rows_fitting.full_batch,
    "fit-many": rows_fitting.many,
    "tiny-fit": rows_fitting.tiny,
    "waves": rows_fitting.waves,
    "fit-import": rows_fitting.importing,
    "fit-memory": rows_fitting.memory,
    "autoencoder": rows_images.autoencoder_epoch,
    "classifier": rows_images.classifier,
    "t-sne": rows_images.maps,
    "t-sne-large": rows_images.large_map,
    "images-memory": rows_images.memory,
    "dqn": rows_deep.speed,
    "dqn-path": rows_deep.path,
    "vector": rows_vector.beside_peers,
    "vector-memory": rows_vector.beside_copying,
    "vector-gpu": rows_vector.on_a_gpu,
}


def measure(name: str, plan: Plan) -> Iterator[Line]:
    """The lines of one row; whatever breaks in it becomes its last line."""
    try:
        for line in ROWS[name](plan):
            yield replace(line, row=name)
    except Exception as error:
        text = " ".join(str(error).split())
        yield Line(name, row=name, error=f"{type(error).__name__}: {text}")
