"""What stands around the loop: callbacks, validation, checkpoints, several processes, and the way into and out of a fit."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mazefit.interrupt import Interruption
from mazefit.training import distributed
from mazefit.training.backend import pick_backend
from mazefit.training.batches import Batches
from mazefit.training.checkpoint import check_weights
from mazefit.training.course import Course
from mazefit.training.data import Rows, Source
from mazefit.training.door import Request
from mazefit.training.events import Callback, Callbacks
from mazefit.training.history import History
from mazefit.training.loaded_batches import LoadedBatches, make_batches
from mazefit.training.logs import CSVLog, JSONLLog
from mazefit.training.loop import train
from mazefit.training.meter import Meter
from mazefit.training.place import TrainingInterrupted
from mazefit.training.progress import ProgressBar
from mazefit.training.saving import Checkpoint
from mazefit.training.settings import arithmetic
from mazefit.training.taking_up import differing, take_up, what_is_asked
from mazefit.training.updates import clear, make_update

if TYPE_CHECKING:
    from mazefit.training.trainer import Trainer


def run_fit(trainer: "Trainer", source: Source, request: Request, held_out: Source | None) -> History:
    """Fit; the arguments were checked. See `Trainer.fit`."""
    place, saved = trainer.place, trainer.pending
    split = distributed.processes()
    batches = make_batches(
        source, trainer.kind, request.batch_size, request.accumulate, request.shuffle, trainer.settings.seed, split
    )
    callbacks = Callbacks([*request.callbacks, *_own_callbacks(request)], split.rank == 0)
    asked = what_is_asked(request, source, digest=request.checkpoint is not None or saved is not None)
    begun = place.epoch
    trainer.generators.guests = batches.generators
    stopped = False
    if saved is not None:
        begun, stopped = take_up(trainer, callbacks, asked), bool(saved.fit.get("stopped"))
        if saved.fit.get("finished") and (stopped or place.epoch >= begun + request.epochs):
            trainer.pending = None
            return trainer.history
        trainer.generators.bring_back()
    if not batches.by_index or (place.position and differing(asked, trainer.fit_state.get("asked", {}))):
        place.leave_epoch()
    trainer.by_index = batches.by_index
    trainer.fit_state = {"begun": begun, "finished": False, "stopped": stopped, "asked": asked}
    with Interruption() as interruption, trainer.computing():
        if isinstance(source, Rows):
            _look(trainer, source)
        elif isinstance(batches, LoadedBatches):
            batches.look = lambda rows: _look(trainer, rows)
        if isinstance(held_out, Rows):
            _check(trainer, held_out)
        together, stop_together = _meet(trainer, interruption) if split.size > 1 else (None, None)
        course = Course(
            trainer,
            ("loss", *trainer.settings.metrics),
            begun + request.epochs,
            batches.steps_each,
            callbacks,
            (lambda: interruption.asked) if together is None else (lambda: together.asked),
            None if held_out is None else lambda: {f"validation_{name}": v for name, v in trainer.measured(held_out).items()},
            stop_together,
        )
        _go(trainer, batches, request, course, together)
    if course.interrupted:
        raise TrainingInterrupted(trainer)
    return trainer.history


def _look(trainer: "Trainer", rows: Rows) -> None:
    """Note what rows look like, and see that they fit the model."""
    trainer.see(rows.x)
    _check(trainer, rows)


def _check(trainer: "Trainer", rows: Rows) -> None:
    """See on the first rows that data fit the model; a layer that draws numbers in eval mode, too, takes none from the fit."""
    with trainer.generators.aside(trainer.choice.device):
        trainer.check(rows, "Trainer.fit")


def _go(trainer: "Trainer", batches: Batches, request: Request, course: Course, together: distributed.Together | None) -> None:
    """From the first event to the last."""
    settings, choice = trainer.settings, trainer.choice
    trainer.on_its_way = course
    clear(trainer.parameters)
    trainer.model.train()
    try:
        run = pick_backend(trainer, batches, request, course)
        course.stopped = course.tell("start") or bool(trainer.fit_state["stopped"])
        if run is not None:
            run(course)
        else:
            train(
                trainer.model,
                settings.loss_function,
                batches,
                make_update(trainer.parameters, trainer.torch_optimizer, settings.update, request.clip_norm),
                Meter(settings.metrics, choice.device.type != "cpu", together),
                course,
                arithmetic(choice.device, choice.precision),
            )
        finished = course.stopped or trainer.place.epoch >= course.target
        if finished:
            check_weights(trainer.model, trainer.steps)
        trainer.fit_state |= {"finished": finished, "stopped": course.stopped}
        course.tell("end" if finished else "interrupt")
    finally:
        if not batches.by_index:
            trainer.place.leave_epoch()
        course.callbacks.close()
        clear(trainer.parameters)
        trainer.on_its_way = trainer.pending = None


def _own_callbacks(request: Request) -> list[Callback]:
    """What a fit adds to the callbacks that were given: a bar, logs and checkpoints."""
    own: list[Callback] = [ProgressBar(request.progress)]
    if request.checkpoint is not None:
        folder = request.checkpoint
        own += [CSVLog(folder / "history.csv"), JSONLLog(folder / "history.jsonl"), Checkpoint(folder, request.every)]
    return own


def _meet(trainer: "Trainer", interruption: Interruption) -> tuple[distributed.Together, Callable[[bool], bool]]:
    """Join the other processes, with the first one's weights."""
    device = trainer.choice.device
    distributed.join(device)
    distributed.share_weights(trainer.model)
    together = distributed.Together(trainer.parameters, 1 + len(trainer.settings.metrics), lambda: interruption.asked)
    return together, lambda answer: distributed.first_says(answer, device)
