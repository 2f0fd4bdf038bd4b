"""The parameters of all algorithms as flags: which there are, what they may be, who has them, and what was made of them.

A flag that is not given leaves an algorithm its own default. `--set NAME=VALUE` reaches every parameter by its own name, those
without a flag included.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from inspect import signature
from typing import Any

from mazefit.agents.catalogue import Entry
from mazefit.agents.policies import POLICIES
from mazefit.agents.schedules import Exponential, Linear, PerVisit
from mazefit.errors import ConfigError, Problems, did_you_mean
from mazefit.lab.rates import ends, read_rate, write_rate

Settings = Mapping[str, Any]
"""Values of flags by the names of their settings; None where a flag was not given."""


@dataclass(frozen=True)
class Flag:
    """A flag that sets one parameter.

    Args:
        setting: the field of the run's settings.
        flag: how it is typed.
        parameters: how algorithms call it.
        low, high: its range.
        open_low: whether `low` itself is outside.
        kind: "rate" (see rates.py), "number", "integer" or "switch".
    """

    setting: str
    flag: str
    parameters: tuple[str, ...]
    low: float = 0.0
    high: float = 1.0
    open_low: bool = False
    kind: str = "number"


FLAGS = (
    Flag("step_size", "--step-size", ("step_size",), open_low=True, kind="rate"),
    Flag("discount", "--discount", ("discount",)),
    Flag("lambda_", "--lambda", ("lambda_",)),
    Flag("n", "--n", ("n",), low=1, kind="integer"),
    Flag("sigma", "--sigma", ("sigma",)),
    Flag("planning_steps", "--planning-steps", ("planning_steps",), kind="integer"),
    Flag("kappa", "--kappa", ("kappa",), high=1e300),
    Flag("first_visit", "--first-visit", ("first_visit",), kind="switch"),
    Flag("every_visit", "--every-visit", ("every_visit",), kind="switch"),
)
RATES = (
    Flag("epsilon", "--epsilon", ("epsilon",), kind="rate"),
    Flag("temperature", "--temperature", ("temperature",), high=1e300, open_low=True, kind="rate"),
    Flag("c", "--c", ("c",), high=1e300, kind="rate"),
)
RATE_OF = {"epsilon-greedy": "epsilon", "softmax": "temperature", "ucb": "c"}
BEHAVIOURS = tuple(policy.name for policy in POLICIES)
TARGETS = ("random", "greedy")
FLAG_OF = {flag.setting: flag.flag for flag in (*FLAGS, *RATES)}
PARAMETERS = (*(flag.setting for flag in (*FLAGS, *RATES)), "policy", "set")


def check_parameters(settings: Settings, entries: Iterable[Entry], problems: Problems) -> None:
    """Note every flag whose value is out of range, whether these algorithms use it or not."""
    for flag in (*FLAGS, *RATES):
        value = settings[flag.setting]
        if value is None or flag.kind == "switch":
            continue
        if flag.kind == "integer":
            problems.integer(flag.flag, value, int(flag.low))
        elif flag.kind == "number":
            problems.number(flag.flag, value, flag.low, flag.high, open_low=flag.open_low)
        else:
            _check_rate(flag, value, problems)
    both = bool(settings["first_visit"]) and bool(settings["every_visit"])
    problems.check(not both, "--first-visit, --every-visit: expected one of the two, got both")
    known = sorted({name for entry in entries for name in policies_of(entry)})
    if settings["policy"] is not None and known:
        problems.choice("--policy", settings["policy"], known)


def _check_rate(flag: Flag, value: object, problems: Problems) -> None:
    try:
        rate = read_rate(value)
    except ConfigError as error:
        more = "expected a number, 1/N," if flag.setting == "step_size" else "expected a number,"
        problems.check(False, f"{flag.flag}: {str(error).replace('expected a number,', more, 1)}")
        return
    name = flag.flag.removeprefix("--").replace("-", "_")
    if isinstance(rate, float):
        problems.number(flag.flag, rate, flag.low, flag.high, open_low=flag.open_low)
    elif isinstance(rate, PerVisit):
        problems.check(flag.setting == "step_size", f"{flag.flag}: expected a number or a schedule, got {value!r}")
    else:
        low, high = ends(rate)
        inside = (flag.low < low if flag.open_low else flag.low <= low) and high <= flag.high
        sign = "<" if flag.open_low else "<="
        sentence = f"{flag.flag}: expected a schedule with {flag.low:g} {sign} {name} <= {flag.high:g}, got {value!r}"
        problems.check(inside, sentence)


def evaluates(entry: Entry) -> bool:
    """Whether an algorithm finds the values of a policy that it is given, not the best ones."""
    if entry.kind == "prediction":
        return True
    factory: Any = entry.factory
    return entry.kind == "planning" and "policy" in signature(factory.solve).parameters


def goes_on(entry: Entry) -> bool:
    """Whether an algorithm's run can be stopped, watched and gone on with; a planner's cannot."""
    return _takes(entry, "resume")


def learns_on_the_way(entry: Entry) -> bool:
    """Whether a learner's values change while it acts; what learns from a whole batch begins anew with every larger one."""
    return _takes(entry, "steps")


def _takes(entry: Entry, argument: str) -> bool:
    factory: Any = entry.factory
    learn = factory.predict if entry.kind == "prediction" else getattr(factory, "learn", None)
    if learn is None:
        return False
    taken = signature(learn).parameters
    return argument in taken or any(one.kind is one.VAR_KEYWORD for one in taken.values())


def policies_of(entry: Entry) -> tuple[str, ...]:
    """The words that `--policy` knows for an algorithm; none where it has no policy."""
    if evaluates(entry):
        return TARGETS
    return BEHAVIOURS if "policy" in defaults(entry) else ()


def defaults(entry: Entry) -> dict[str, Any]:
    """The parameters of an algorithm with its own defaults."""
    made, factory = entry.factory(), entry.factory
    found: Any = fields(factory) if is_dataclass(factory) else ()
    return {field.name: getattr(made, field.name) for field in found}


def build(entry: Entry, settings: Settings) -> Any:
    """The algorithm with those of the settings that it has.

    Raises:
        ConfigError: one of them is not possible for it.
    """
    own = defaults(entry)
    chosen: dict[str, Any] = {}
    for flag in FLAGS:
        value = settings[flag.setting]
        for name in flag.parameters:
            if name in own and _given(flag, value):
                chosen[name] = read_rate(value) if flag.kind == "rate" else value
    if settings["every_visit"] and "first_visit" in own:
        chosen["first_visit"] = False
    if settings["first_visit"] and "every_visit" in own:
        chosen["every_visit"] = False
    if "policy" in own and not evaluates(entry):
        chosen["policy"] = _policy(own["policy"], settings)
    problems = Problems(entry.name)
    for name, text in pairs(settings["set"]):
        if name in own:
            chosen[name] = _read(name, text, own[name], problems)
    problems.raise_if_any()
    return entry.factory(**chosen)


def _given(flag: Flag, value: object) -> bool:
    return bool(value) if flag.kind == "switch" else value is not None


def _policy(own: Any, settings: Settings) -> Any:
    """The policy that is named, else the algorithm's own, with the rate that is given for it."""
    name = settings["policy"] or own.name
    kind = next(policy for policy in POLICIES if policy.name == name)
    rate = settings.get(RATE_OF.get(name, ""))
    if rate is not None:
        return kind(read_rate(rate))
    return own if name == own.name else kind()


def unused_flags(entries: Iterable[Entry], settings: Settings) -> list[str]:
    """Parameter flags that were given and that none of these algorithms has a use for."""
    used = set[str]()
    for entry in entries:
        own = defaults(entry)
        used |= {flag.setting for flag in FLAGS if set(flag.parameters) & own.keys()}
        if {"first_visit", "every_visit"} & own.keys():
            used |= {"first_visit", "every_visit"}
        if policies_of(entry):
            used.add("policy")
        if "policy" in own and not evaluates(entry):
            used.add(RATE_OF.get(settings["policy"] or own["policy"].name, ""))
        used |= {f"set {name}" for name in own}
    found = [flag.flag for flag in FLAGS if _given(flag, settings[flag.setting]) and flag.setting not in used]
    if settings["policy"] is not None and "policy" not in used:
        found.append("--policy")
    for flag in RATES:
        if settings[flag.setting] is not None and flag.setting not in used:
            found.append(flag.flag if "policy" not in used else f"{flag.flag} (without --policy {_owner(flag.setting)})")
    return found + [f"--set {name}" for name, _ in pairs(settings["set"]) if f"set {name}" not in used]


def _owner(rate: str) -> str:
    return next(policy for policy, name in RATE_OF.items() if name == rate)


# `--set name=value,name=value`: parameters by their own names -------------------------------------------------------------


def pairs(typed: str | None) -> list[tuple[str, str]]:
    """Names and values as they were typed.

    Raises:
        ConfigError: a part is no NAME=VALUE.
    """
    found: list[tuple[str, str]] = []
    for part in (typed or "").split(",") if typed else []:
        name, equals, value = (text.strip() for text in part.partition("="))
        if not (name and equals and value):
            raise ConfigError(f"--set: expected NAME=VALUE, several with commas between them, got {part!r}")
        found.append((name.replace("-", "_"), value))
    return found


def check_set(typed: str | None, entries: Iterable[Entry], problems: Problems) -> None:
    """Note what is wrong with `--set`: its form, or a parameter that none of these algorithms has."""
    known = {name for entry in entries for name in defaults(entry)}
    try:
        for name, _ in pairs(typed):
            hint = did_you_mean(name, sorted(known))
            problems.check(name in known, f"--set: unknown parameter {name!r}{hint}")
    except ConfigError as error:
        problems.check(False, str(error))


def _read(name: str, text: str, own: Any, problems: Problems) -> Any:
    """A typed value, of the kind that the algorithm's own default is of."""
    try:
        if isinstance(own, bool):
            return {"true": True, "yes": True, "false": False, "no": False}[text.lower()]
        if isinstance(own, int):
            return int(text)
        if isinstance(own, float | Linear | Exponential | PerVisit):
            return read_rate(text)
        if own is None or isinstance(own, POLICIES):  # such as a target policy that is the acting one unless it is given
            kind, _, rate = text.partition(":")
            made = next(policy for policy in POLICIES if policy.name == kind)
            return made(read_rate(rate)) if rate else made()
    except (KeyError, ValueError, StopIteration):
        expected = (
            "a policy such as softmax:0.5"
            if own is None or isinstance(own, POLICIES)
            else f"{type(own).__name__} such as {own}"
        )
        problems.check(False, f"--set: {name}: expected {expected}, got {text!r}")
    return text


# Back into words ----------------------------------------------------------------------------------------------------------


def written(algorithm: Any) -> str:
    """The parameters of an algorithm as they stand: `step_size=0.5 discount=1 policy=epsilon-greedy:0.1`."""
    return " ".join(f"{field.name}={_written(getattr(algorithm, field.name))}" for field in fields(algorithm))


def _written(value: Any) -> str:
    if isinstance(value, POLICIES):
        rate: Any = next((getattr(value, field.name) for field in fields(value) if field.default is not MISSING), None)
        return value.name if rate is None else f"{value.name}:{write_rate(rate)}"
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return write_rate(value) if isinstance(value, float | Linear | Exponential | PerVisit) else str(value)
