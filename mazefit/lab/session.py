"""A walk through a maze: a key goes in, the place changes, lines of text come out. Nothing is read or written here.

    session = Session(Maze.named("tutorial"))
    session.press("right")
    print("\\n".join(session.frame(80, 24).lines))

Every face (plain lines, a full screen, a page) shows the same Session. What it knows comes from the tables: a reward belongs to
the arrival in the next state, and a transition has the probability that stands there.
"""

from mazefit.backup.draw.figure import number
from mazefit.backup.one_step import state_label
from mazefit.envs.maze import ACTIONS, Maze
from mazefit.envs.tables import TabularMDP
from mazefit.errors import Problems
from mazefit.lab.frame import Frame, help_frame, look_frame, walk_frame
from mazefit.lab.guide import Guide
from mazefit.lab.keys import command, is_syllable, nearest
from mazefit.lab.look import Look
from mazefit.lab.panel import summary
from mazefit.lab.scene import make_scene
from mazefit.lab.text_fit import wrap
from mazefit.lab.walk import Place, after, begin

DEEPEST = 99
"""The largest depth that can be typed before `b`."""


class Session:
    """Someone walking through a maze.

    Args:
        maze: the maze.
        guide: the policy that moves at the space key, and whose values and π are shown; the exact one where None.
        mdp: other tables over the same states and actions, such as `maze.mdp(random_start=True)`.
        discount: γ.
        lang: "en" or "ko".
        seed: of random starts and outcomes; the same keys then give the same walk.

    Attributes:
        place: where one stands.
        message: the answer to the last key.
        closed: whether the walk is over.

    Raises:
        ConfigError: an argument is out of range.
        UnboundedValueError: no guide was given, and there is no exact policy.
    """

    def __init__(
        self,
        maze: Maze,
        *,
        guide: Guide | None = None,
        mdp: TabularMDP | None = None,
        discount: float = 1.0,
        lang: str = "en",
        seed: int = 0,
    ) -> None:
        problems = Problems("Session")
        problems.integer("seed", seed, 0)
        problems.raise_if_any()
        self.scene = make_scene(maze, guide, mdp, discount, lang)
        self.seed = seed
        self.places: list[Place] = [begin(self.scene.mdp, 1, seed)]
        self.message: list[str] = [self.scene.say("welcome")]
        self.values_shown = False
        self.closed = False
        self._digits = ""
        self._over: Look | str = ""  # what covers the maze: a Look, or "help"
        self._whole = True  # whether the last key changed more than the message

    @property
    def place(self) -> Place:
        """Where one stands."""
        return self.places[-1]

    def press(self, key: str) -> None:
        """Do what a key asks for.

        Args:
            key: a character, or the name of a key as in `mazefit.lab.keys`: "up", "enter", ….
        """
        if self.closed:
            return
        digits, self._digits = self._digits, ""
        asked = command(key)
        self._whole = asked is not None
        covered = bool(self._over)
        if key.isascii() and key.isdigit():
            self._over = ""
            self._digits = str(min(DEEPEST, int(digits + key)))
            self.message = [self.scene.say("number", number=self._digits)]
        elif asked is None and covered:  # any key goes on
            self._over, self._whole, self.message = "", True, self._ending()
        elif asked is None:
            self._unknown(key)
        elif asked in ACTIONS or asked in ("greedy", "reset", "go on"):
            self._move(asked)
        else:
            self._look_around(asked, max(1, int(digits or "1")))

    def frame(self, width: int, height: int) -> Frame:
        """All there is to see, in at most `height` lines of `width` columns."""
        if isinstance(self._over, Look):
            return look_frame(self.scene, self._over, width, height)
        if self._over:
            return help_frame(self.scene, width, height)
        return walk_frame(self.scene, self.place, self.message, self.values_shown, width, height)

    def answer(self, width: int, height: int) -> list[str]:
        """What the last key changed, for a face that prints instead of redrawing."""
        if self._whole and not self.closed:
            return self.frame(width, height).lines
        return [line for text in self.message for line in wrap(text, width)]

    def summary(self) -> list[str]:
        """How the episode went, so far."""
        return summary(self.scene, self.place)

    def _move(self, asked: str) -> None:
        """A step, or a new episode where the last one is over."""
        covered, self._over = self._over, ""
        if asked == "go on" and (covered or not self.place.ended):
            return
        if asked == "reset" or self.place.ended:
            self._begin()
        elif asked == "greedy":
            self._greedy()
        else:
            self._step(ACTIONS.index(asked))

    def _begin(self) -> None:
        self.places.append(begin(self.scene.mdp, self.place.episode + 1, self.seed))
        here = state_label(self.place.state)
        self.message = [self.scene.say("new episode", number=self.place.episode, here=here)]

    def _greedy(self) -> None:
        scene, best = self.scene, self.scene.guide.best(self.place.state)
        moves = [scene.action_name(action) for action in best]
        if len(moves) == 1:
            said = scene.say("policy moves", move=moves[0])
        else:
            said = scene.say("policy ties", move=moves[0], others=", ".join(moves[1:]))
        self._step(best[0], said)

    def _step(self, action: int, *said: str) -> None:
        before = self.place
        self.places.append(after(self.scene.mdp, before, action, self.scene.discount, self.seed))
        self.message = [*said, *self._bump(before), *self._ending()]

    def _bump(self, before: Place) -> list[str]:
        last = self.place.last
        if last is None or last.next_state != before.state:
            return []
        return [self.scene.say("bump", here=state_label(before.state), amount=number(last.reward))]

    def _ending(self) -> list[str]:
        return [*self.summary(), self.scene.say("next key")] if self.place.ended else []

    def _undo(self) -> None:
        say = self.scene.say
        if len(self.places) == 1:
            self.message = [say("nothing to undo")]
            return
        undone = self.places.pop()
        again = say("undone") if undone.last else say("undone reset", number=self.place.episode)
        self.message = [again, *self._ending()]

    def _look_around(self, asked: str, depth: int) -> None:
        """Everything that is no step: undo, diagrams, values, help, quit."""
        place, self._over = self.place, ""
        self.message = self._ending()
        if asked == "undo":
            self._undo()
        elif asked == "look state":
            self._over = Look(place.state, None, depth, place.ended)
        elif asked == "look action":
            state, action = place.state, self.scene.guide.best(place.state)[0]
            if place.last is not None:
                state, action = place.last.state, place.last.action
            self._over = Look(state, action, depth)
        elif asked == "values":
            self.values_shown = not self.values_shown
            word = "values on" if self.values_shown else "values off"
            self.message = [self.scene.say(word, whose=self.scene.whose()), *self.message]
        elif asked == "help":
            self._over = "help"
        else:
            self.closed = True
            self.message = self.summary()

    def _unknown(self, key: str) -> None:
        say = self.scene.say
        shown, near = key if key.isprintable() else repr(key), nearest(key)
        if is_syllable(key):
            self.message = [say("hangul", key=shown)]
        elif near:
            self.message = [say("unknown key near", key=shown, near=near)]
        else:
            self.message = [say("unknown key", key=shown)]
