"""Pictures in windows, where there is a display."""

from pathlib import Path


def show(pictures: list[Path]) -> bool:
    """Open each PNG in a window and wait until all are closed; False where no window can be opened."""
    from matplotlib import pyplot
    from matplotlib.backends.registry import BackendFilter, backend_registry
    from matplotlib.image import imread

    try:
        backend = pyplot.get_backend()  # looks for one with windows that works here
        pyplot.switch_backend(backend)
    except ImportError:
        return False
    if backend.lower() not in backend_registry.list_builtin(BackendFilter.INTERACTIVE):
        return False
    for picture in pictures:
        image = imread(picture)
        height, width = image.shape[:2]
        figure = pyplot.figure(picture.stem, figsize=(width / 160, height / 160))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.imshow(image)
        axes.set_axis_off()
    pyplot.show()
    return True
