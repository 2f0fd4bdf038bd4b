"""Where a run of the deep agent's command lies, and the way back into one that was interrupted."""

from pathlib import Path

from mazefit.agents.deep import DeepRun, is_there
from mazefit.errors import OutputError
from mazefit.files import MANIFEST
from mazefit.lab.deep.config import DeepConfig
from mazefit.lab.page import Page
from mazefit.lab.places import RUN_FOLDER
from mazefit.lab.results import claim
from mazefit.lab.resuming import check_same, line_to_go_on
from mazefit.lab.run_task import claimed
from mazefit.lab.saved_config import CONFIG_FILE


def take_place(config: DeepConfig, tables: list[str], figures: list[str]) -> tuple[Path, DeepRun | None]:
    """The folder of the results, and the run to go on with, if that is asked for and there is one.

    Raises:
        ConfigError: the interrupted run had other settings; names all of them.
        DataError: there is no run to go on with, or it is damaged; nothing was touched.
        DeviceError, OutputError: as `claim` raises them.
    """
    resumed, run = config.folder / RUN_FOLDER, None
    if config.resume:
        check_same(config)
        run = DeepRun.load(resumed) if is_there(resumed) else None
    else:
        claimed(config.folder, [CONFIG_FILE, RUN_FOLDER, *tables], config.kind)
    folder = claim(config, tables, figures)
    if not config.resume:
        try:
            (resumed / MANIFEST).unlink(missing_ok=True)  # by which an earlier run counts as one
        except OSError as error:
            raise OutputError(f"{resumed}: expected an earlier run that can be deleted, got {error.strerror}") from error
    return folder, run


def tell_resumed(page: Page, config: DeepConfig, run: DeepRun | None) -> None:
    """What was there before, where something was asked to go on."""
    if run is not None:
        page.text("deep.on", folder=config.folder, steps=f"{run.steps:,}", full=f"{config.all_steps:,}")
    elif config.resume:
        page.text("deep.new", folder=config.folder)


def tell_how(page: Page, config: DeepConfig) -> None:
    """What is kept of a run that was interrupted, and the command line that goes on, in one piece, to be copied."""
    page.lines.append("")
    page.text("deep.how", folder=config.folder)
    page.lines.append(line_to_go_on(config))
