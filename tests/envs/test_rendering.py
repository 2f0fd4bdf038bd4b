"""Pictures of mazes: text cell by cell, pixels at known places, SVG that parses, windows and keys through Gymnasium."""

import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import gymnasium
import numpy as np
import pytest

from mazefit.envs import Maze, MazeEnv
from mazefit.envs.rendering import MazePicture, maze_svg, maze_text, palette, stencils
from mazefit.envs.rendering.png import png_bytes
from mazefit.errors import ConfigError, ResetNeededError

RING = "S..\n.#.\n..G"
RING_VALUES = np.array([-3, -2, -1, -2, np.nan, 0, -1, 0, 0.0])
RING_ARROWS = np.array([[a in cell for a in range(4)] for cell in ([1, 2], [1], [2], [2], [0], [2], [1], [1], [0, 1, 2, 3])])
SIZES = [(1, 2), (2, 1), (1, 3), (3, 3), (10, 10), (4, 60), (260, 3)]


# -- text --------------------------------------------------------------------------------------------------------------------


def test_text_shows_the_agent():
    assert maze_text(Maze.from_text(RING), agent=5) == "S..\n.#A\n..G"
    assert maze_text(Maze.from_text(RING), agent=0) == "A..\n.#.\n..G"
    assert maze_text(Maze.from_text(RING)) == RING
    assert maze_text(Maze.from_text("Sa\nGb\n\na = 1\nb = -2"), agent=3) == "Sa\nGA"


def test_text_with_values_and_all_arrows():
    assert maze_text(Maze.from_text(RING), agent=1, values=RING_VALUES, arrows=RING_ARROWS).split("\n") == [
        " S   A   .",
        " -3  -2  -1",
        " →↓  →   ↓",
        " .  #### .",
        " -2 #### 0",
        " ↓  #### ↓",
        " .   .   G",
        " -1  0",
        " →   →",
    ]


def test_text_with_values_that_are_no_numbers():
    text = maze_text(Maze.from_text("S.G"), values=np.array([-np.inf, -0.0, 5.0]))
    assert text == " S  .  G\n    0"


def test_the_environment_renders_text():
    env = MazeEnv(RING, render_mode="ansi")
    env.reset()
    env.step(1)
    assert env.render() == "SA.\n.#.\n..G"
    env.show(values=RING_VALUES)
    assert env.render().split("\n")[1] == " -3  -2  -1"
    env.show(arrows=RING_ARROWS)
    assert env.render().split("\n")[1] == " →↓  →   ↓"
    env.show()
    assert env.render() == "SA.\n.#.\n..G"


# -- pixels ------------------------------------------------------------------------------------------------------------------


def middle(picture: MazePicture, state: int, image: np.ndarray, right: float = 0.0, down: float = 0.0) -> tuple[int, ...]:
    """The colour at the middle of a cell, or beside it by shares of the cell."""
    row, column = picture.maze.position(state)
    y, x = (picture.frame + int((part + 0.5 + by) * picture.cell) for part, by in ((row, down), (column, right)))
    return tuple(image[y, x].tolist())


def test_pixels_by_place():
    picture = MazePicture(Maze.from_text("S..\n.#a\nb.G\n\na = -5\nb = 2"))
    image = picture.with_agent(1)
    assert (image.dtype, image.shape) == (np.uint8, (3 * 64 + 24, 3 * 64 + 24, 3))
    assert middle(picture, 1, image) == palette.AGENT
    assert middle(picture, 1, image, right=0.37) == palette.LIGHT
    assert middle(picture, 0, image) == palette.FREE
    assert middle(picture, 0, image, down=0.41) == palette.START
    assert middle(picture, 2, image) == palette.FREE
    assert middle(picture, 4, image) == palette.WALL
    assert middle(picture, 5, image) == palette.LOSS
    assert middle(picture, 6, image) == palette.GAIN
    assert middle(picture, 8, image) == palette.GOAL
    assert middle(picture, 8, image, right=0.4, down=0.4) == palette.GOAL_CELL
    assert tuple(image[0, 0].tolist()) == palette.WALL


def test_values_colour_cells_from_dark_to_bright():
    picture = MazePicture(Maze.from_text(RING), values=RING_VALUES)
    light = [sum(middle(picture, state, picture.ground, right=0.3, down=0.3)) for state in (0, 1, 2, 5)]
    assert light == sorted(light)
    assert len(set(light)) == 4
    assert middle(picture, 4, picture.ground) == palette.WALL
    assert middle(picture, 8, picture.ground, right=0.4, down=0.4) == palette.GOAL_CELL


@pytest.mark.parametrize("values", [np.zeros(9), np.full(9, -np.inf), np.full(9, np.nan), np.linspace(-1.7, 1.7, 9) * 1e308])
def test_values_of_every_kind_can_be_drawn(values: np.ndarray):
    maze = Maze.from_text(RING)
    assert MazePicture(maze, values=values).with_agent(0).dtype == np.uint8
    ElementTree.fromstring(maze_svg(maze, values))
    assert maze_text(maze, values=values)


@pytest.mark.parametrize("action", range(4))
def test_every_optimal_arrow_is_drawn_and_no_other(action: int):
    arrows = np.zeros((9, 4), bool)
    arrows[:, action] = True
    arrows[1, (action + 1) % 4] = True
    picture = MazePicture(Maze.from_text(RING), arrows=arrows)
    towards = [(0.0, -0.3), (0.3, 0.0), (0.0, 0.3), (-0.3, 0.0)]
    drawn = [a for a in range(4) if middle(picture, 1, picture.ground, *towards[a]) == palette.DARK]
    assert drawn == sorted({action, (action + 1) % 4})
    assert middle(picture, 4, picture.ground, *towards[action]) == palette.WALL
    clean = MazePicture(Maze.from_text(RING)).ground
    goal = slice(picture.frame + 2 * picture.cell, None)
    assert (picture.ground[goal, goal] == clean[goal, goal]).all()


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_pictures_of_all_sizes(rows: int, columns: int):
    """Between a small icon and about a thousand pixels; the agent is seen in each."""
    maze = Maze.generate(rows, columns, "dfs")
    picture = MazePicture(maze, values=-maze.distances().astype(float), arrows=np.ones((maze.states, 4), bool))
    for state in (maze.start, maze.goals[0]):
        image = picture.with_agent(state)
        assert 60 <= max(image.shape) <= 1000
        assert (image == palette.AGENT).all(axis=2).sum() >= 20
    assert not (picture.ground == palette.AGENT).all(axis=2).any()


def test_a_picture_is_the_callers_own():
    env = MazeEnv(RING, render_mode="rgb_array")
    env.reset()
    first = env.render()
    first[:] = 0
    assert env.render().any()


def test_stencils_cover_their_area():
    assert stencils.disc(64, 0.4).sum() / 64**2 == pytest.approx(np.pi * 0.16, rel=0.01)
    assert stencils.polygon(64, ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))).sum() == 32**2
    up = stencils.polygon(48, stencils.ARROW)
    for action, turns in ((1, -1), (2, 2), (3, 1)):
        assert np.allclose(stencils.polygon(48, stencils.turned(stencils.ARROW, action)), np.rot90(up, turns), atol=0.13)


def test_png_is_read_back():
    from PIL import Image

    image = np.random.default_rng(0).integers(256, size=(5, 7, 3)).astype(np.uint8)
    assert (np.asarray(Image.open(io.BytesIO(png_bytes(image)))) == image).all()


# -- SVG ---------------------------------------------------------------------------------------------------------------------

NAMESPACE = "{http://www.w3.org/2000/svg}"


def test_svg_holds_what_it_shows():
    svg = maze_svg(Maze.from_text("S.a\n.#.\n..G\n\na = -5"), RING_VALUES, RING_ARROWS, agent=3)
    root = ElementTree.fromstring(svg)
    words = [text.text for text in root.iter(f"{NAMESPACE}text")]
    assert words == ["−3", "−2", "−1", "−2", "0", "−1", "0", "a"]
    inks = {palette.hexadecimal(palette.LIGHT), palette.hexadecimal(palette.DARK)}
    arrows = sum(path.get("d", "").count("M") for path in root.iter(f"{NAMESPACE}path") if path.get("fill") in inks)
    assert arrows == 8  # of the free cells; the goal's four and the wall's are not drawn
    agent = [circle for circle in root.iter(f"{NAMESPACE}circle") if circle.get("fill") == palette.hexadecimal(palette.AGENT)]
    assert len(agent) == 1
    assert 48 < float(agent[0].get("cy", 0)) < 96
    assert maze_svg(Maze.from_text(RING), RING_VALUES) == maze_svg(Maze.from_text(RING), RING_VALUES.copy())


def test_svg_without_anything_is_small():
    svg = maze_svg(Maze.named("tutorial"))
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>")
    assert len(svg) < 1500
    assert "<text" not in svg


@pytest.mark.parametrize(("rows", "columns"), [*SIZES, (120, 120)])
def test_svg_of_all_sizes(rows: int, columns: int):
    maze = Maze.generate(rows, columns, "dfs")
    svg = maze_svg(maze, -maze.distances(), np.ones((maze.states, 4), bool), agent=maze.start)
    root = ElementTree.fromstring(svg)
    assert max(float(root.get("width", 0)), float(root.get("height", 0))) <= 660
    assert len(svg) < 1_500_000
    assert ("data:image/png" in svg) == (maze.states > 40_000)


# -- through Gymnasium -------------------------------------------------------------------------------------------------------


def test_render_before_reset_and_without_a_mode():
    with pytest.raises(ResetNeededError, match="before the first picture"):
        MazeEnv(RING, render_mode="ansi").render()
    with pytest.warns(UserWarning, match="without a render mode"):
        assert MazeEnv(RING).render() is None


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        ({"values": np.zeros(8)}, r"values: expected shape \[9\], got \[8\]"),
        ({"arrows": np.zeros(9)}, r"arrows: expected shape \[9, 4\], got \[9\]"),
        ({"values": np.zeros(8), "arrows": np.zeros(9)}, "values: .*; arrows: "),
    ],
)
def test_what_cannot_be_shown(shown: dict, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        MazeEnv(RING).show(**shown)


@pytest.fixture
def no_screen(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[None]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    yield
    import pygame

    pygame.quit()


@pytest.mark.usefixtures("no_screen")
def test_human_mode_through_gymnasium():
    with pytest.warns(UserWarning, match="HumanRendering"):
        env = gymnasium.make("mazefit/Maze-v0", maze=RING, render_mode="human")
    env.reset(seed=0)
    assert env.step(1)[0] == 1
    assert env.render() is None
    env.close()


def test_lists_of_pictures_through_gymnasium():
    env = gymnasium.make("mazefit/Maze-v0", maze=RING, render_mode="rgb_array_list")
    env.reset()
    env.step(1)
    assert len(env.render()) == 2


@pytest.mark.usefixtures("no_screen")
@pytest.mark.parametrize("key", ["K_RIGHT", "K_d"])
def test_gymnasiums_play(key: str):
    """A key held down walks right; then the window is closed."""
    import pygame
    from gymnasium.utils.play import play

    seen: list[tuple[int, int]] = []

    def watch(before: object, after: int, action: int, *_: object) -> None:
        seen.append((action, after))
        pygame.event.post(pygame.event.Event(pygame.KEYUP, key=getattr(pygame, key)))
        pygame.event.post(pygame.event.Event(pygame.QUIT))

    env = gymnasium.make("mazefit/Maze-v0", maze="S.G", render_mode="rgb_array")
    env.reset()
    pygame.init()
    pygame.display.init()
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=getattr(pygame, key)))
    play(env, wait_on_player=True, callback=watch, fps=100)
    assert seen == [(1, 1)]


def test_keys_are_the_tutorials_actions():
    import pygame

    keys = MazeEnv(RING).get_keys_to_action()
    names = [("K_w", "K_UP"), ("K_d", "K_RIGHT"), ("K_s", "K_DOWN"), ("K_a", "K_LEFT")]
    assert keys == {(getattr(pygame, name),): action for action, pair in enumerate(names) for name in pair}
