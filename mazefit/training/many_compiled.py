"""Many fits by the closed loop, one after another: of small networks each takes less time than PyTorch takes for one step.

Rows are computed apart from one another, so each is to the bit what it would be alone. All optimizers of a seed go through the
same epochs in turn: the order of batches is made once for them.
"""

import numpy as np
import numpy.typing as npt

from mazefit.interrupt import Interruption
from mazefit.training.batches import batch_order
from mazefit.training.closed_loop import ClosedLoop, mean_loss
from mazefit.training.fits import Fits, Outcome, Watch
from mazefit.training.layout import Layout

ORDERS = 1_000_000
"""Row numbers that the orders of a block may hold."""


def fit(fits: Fits, layout: Layout, watch: Watch, interruption: Interruption) -> Outcome:
    """Fit all of them; where it is interrupted, the seeds that are done for every optimizer."""
    outcome = Outcome.of(fits)
    x, y, starts = fits.x.numpy(), fits.y.numpy(), fits.starts.flat.numpy()
    loops = [ClosedLoop(layout, optimizer, x, y, starts[0]) for optimizer in fits.optimizers.values()]
    for j, seed in enumerate(fits.seeds):
        for loop in loops:
            restart(loop, starts[j])
        going = dict(enumerate(loops))  # a fit that has diverged goes no further
        epoch = 0
        while epoch < fits.epochs:
            count = block(fits, loops[0], epoch)
            order = orders(fits, seed, epoch, count)
            for i, loop in list(going.items()):
                losses = np.full(count, np.nan)
                found = loop.run(count, order=order, batch_size=fits.batch_size)
                losses[: len(found)] = found
                outcome.note((i, j), epoch, losses, fits.every)
                if len(found) < count or not np.isfinite(found[-1]):
                    del going[i]
                if interruption.asked:
                    return outcome
            epoch += count
            watch.advance(count * len(loops))
        for i, loop in going.items():
            judge(fits, layout, outcome, (i, j), loop)
        outcome.seeds = j + 1
    return outcome


def restart(loop: ClosedLoop, start: npt.NDArray[np.floating]) -> None:
    """Begin anew, with these parameters [parameters]."""
    for array in loop.state:
        array[:] = 0
    loop.parameters[:] = start
    loop.step = 0


def block(fits: Fits, loop: ClosedLoop, epoch: int) -> int:
    """Epochs that are done before Ctrl-C is asked after again."""
    most = loop.block(fits.batch_size)
    if fits.batch_size is not None:
        most = min(most, max(1, ORDERS // fits.rows))
    return min(most, fits.epochs - epoch)


def orders(fits: Fits, seed: int, epoch: int, count: int) -> npt.NDArray[np.int64] | None:
    """The order of rows of each of so many epochs, [epochs, rows]; None where all are one batch."""
    if fits.batch_size is None or fits.batch_size >= fits.rows:
        return None
    return np.stack([batch_order(seed, epoch + k, fits.rows) for k in range(count)])


def judge(fits: Fits, layout: Layout, outcome: Outcome, where: tuple[int, int], loop: ClosedLoop) -> None:
    """Losses and predictions of a fit that is done."""
    outcome.final[where] = mean_loss(layout, loop.predict(loop.x), loop.y)
    if fits.test is None or outcome.test is None:
        return
    x, y = (part.numpy() for part in fits.test)
    found = loop.predict(x)
    outcome.test[where] = mean_loss(layout, found, y)
    if outcome.predictions is None:
        outcome.predictions = np.full((*outcome.final.shape, *found.shape), np.nan)
    outcome.predictions[where] = found
