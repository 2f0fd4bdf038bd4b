"""Step sizes and exploration rates as they are typed: a number, 1/N, or a schedule.

0.5                       a constant
1/N                       one over the visits of the state and action (a step size alone)
linear:0.5:0.1:200        from 0.5 to 0.1 in 200 episodes
exponential:0.5:0.99      0.5, times 0.99 after each episode; a third number is the floor
"""

from collections.abc import Sequence

from mazefit.agents.schedules import Exponential, Linear, PerVisit, Schedule
from mazefit.errors import ConfigError, did_you_mean

PER_VISIT = "1/N"
FORMS = ("linear", "exponential")
EXPECTED = "expected a number, linear:START:END:EPISODES or exponential:START:DECAY"
Rate = float | Schedule | PerVisit


def read_rate(typed: object) -> Rate:
    """The rate that was typed.

    Raises:
        ConfigError: it is none; the sentence begins with "expected".
    """
    if isinstance(typed, int | float) and not isinstance(typed, bool):
        return float(typed)
    text = str(typed).strip()
    if text.upper() == PER_VISIT:
        return PerVisit()
    form, *numbers = text.split(":")
    try:
        if not numbers:
            return float(text)
        if form == "linear" and len(numbers) == 3:
            return Linear(float(numbers[0]), float(numbers[1]), episodes=int(numbers[2]))
        if form == "exponential" and len(numbers) in (2, 3):
            start, decay, floor = (*_numbers(numbers), 0.0)[:3]
            return Exponential(start, decay, floor)
    except ConfigError as error:
        raise ConfigError(f"{EXPECTED}, got {text!r} ({str(error).partition(': ')[2]})") from error
    except ValueError:
        pass
    hint = did_you_mean(form, FORMS) if numbers and form not in FORMS else ""
    raise ConfigError(f"{EXPECTED}, got {typed!r}{hint if 'mean' in hint else ''}")


def write_rate(rate: Rate) -> str:
    """A rate as it would be typed (one that counts steps says so)."""
    if isinstance(rate, PerVisit):
        return PER_VISIT
    if isinstance(rate, Linear):
        span = rate.episodes if rate.episodes is not None else f"{rate.steps} steps"
        return f"linear:{rate.start:g}:{rate.end:g}:{span}"
    if isinstance(rate, Exponential):
        floor = f":{rate.end:g}" if rate.end else ""
        return f"exponential:{rate.start:g}:{rate.decay:g}{floor}" + (" a step" if rate.per == "step" else "")
    return f"{rate:g}"


def ends(rate: Rate) -> tuple[float, float]:
    """The smallest and the largest value that a rate takes; 1/N counts as 1."""
    if isinstance(rate, Linear | Exponential):
        return rate.ends()
    return (1.0, 1.0) if isinstance(rate, PerVisit) else (rate, rate)


def _numbers(texts: Sequence[str]) -> tuple[float, ...]:
    return tuple(float(text) for text in texts)
