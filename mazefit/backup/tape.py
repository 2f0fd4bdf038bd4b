"""A tape of linear arithmetic: which numbers a number was made of, and with which weight.

A value that a learner writes down is a sum of rewards and initial values with weights: step sizes, discounts, probabilities.
Where a rule's own plain code runs on `Number`s instead of floats, the tape takes down every sum and product; read backwards it
gives those weights. Comparisons look at the values alone: which action was the best is a fact of the run, not a part of it.

Reference: reverse accumulation; Griewank and Walther, Evaluating Derivatives (2008), chapter 3.
"""

from collections.abc import Iterator


class Tape:
    """The operations, one after the other: each has two parents at most, and a weight for each."""

    def __init__(self) -> None:
        self.first: list[int] = []
        self.first_weight: list[float] = []
        self.second: list[int] = []
        self.second_weight: list[float] = []

    def number(
        self, value: float, first: int = -1, first_weight: float = 0.0, second: int = -1, second_weight: float = 0.0
    ) -> "Number":
        """A number with its parents; without any it is a leaf."""
        self.first.append(first)
        self.first_weight.append(first_weight)
        self.second.append(second)
        self.second_weight.append(second_weight)
        return Number(self, value, len(self.first) - 1)

    def weights(self, of: dict[int, float]) -> list[float]:
        """For every number the weight that it has in the sum Σ w · number over `of` (place on the tape: w)."""
        found = [0.0] * len(self.first)
        for place, weight in of.items():
            found[place] += weight
        for place in range(len(found) - 1, -1, -1):
            weight = found[place]
            if weight:
                if self.first[place] >= 0:
                    found[self.first[place]] += weight * self.first_weight[place]
                if self.second[place] >= 0:
                    found[self.second[place]] += weight * self.second_weight[place]
        return found


class Number:
    """A float that knows its place on the tape. It adds, subtracts, and is scaled by plain numbers; it compares by value.

    Raises:
        TypeError: two of them are multiplied, or one divides: that would not be linear.
    """

    __slots__ = ("place", "tape", "value")

    def __init__(self, tape: Tape, value: float, place: int) -> None:
        self.tape, self.value, self.place = tape, value, place

    def __add__(self, other: "Number | float") -> "Number":
        if isinstance(other, Number):
            return self.tape.number(self.value + other.value, self.place, 1.0, other.place, 1.0)
        return self.tape.number(self.value + other, self.place, 1.0)

    __radd__ = __add__

    def __sub__(self, other: "Number | float") -> "Number":
        if isinstance(other, Number):
            return self.tape.number(self.value - other.value, self.place, 1.0, other.place, -1.0)
        return self.tape.number(self.value - other, self.place, 1.0)

    def __rsub__(self, other: float) -> "Number":
        return self.tape.number(other - self.value, self.place, -1.0)

    def __neg__(self) -> "Number":
        return self.tape.number(-self.value, self.place, -1.0)

    def __mul__(self, other: float) -> "Number":
        if isinstance(other, Number):
            raise TypeError("two numbers that were learned are multiplied: that is no linear credit")
        return self.tape.number(self.value * other, self.place, other)

    __rmul__ = __mul__

    def __truediv__(self, other: float) -> "Number":
        if isinstance(other, Number):
            raise TypeError("a number that was learned divides: that is no linear credit")
        return self.tape.number(self.value / other, self.place, 1.0 / other)

    def __abs__(self) -> float:
        return abs(self.value)

    def __float__(self) -> float:
        return self.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Number) else other)

    def __lt__(self, other: "Number | float") -> bool:
        return self.value < float(other)

    def __le__(self, other: "Number | float") -> bool:
        return self.value <= float(other)

    def __gt__(self, other: "Number | float") -> bool:
        return self.value > float(other)

    def __ge__(self, other: "Number | float") -> bool:
        return self.value >= float(other)


class TapedTable:
    """A table whose entries become leaves of the tape when they are first looked at."""

    def __init__(self, tape: Tape, values: list[float]) -> None:
        self.tape, self.values = tape, values
        self.leaves: dict[int, int] = {}  # entry: place of the number it had at first
        self.entries: dict[int, Number | float] = {}

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator["Number | float"]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, entry: int) -> "Number | float":
        found = self.entries.get(entry)
        if found is None:
            leaf = self.tape.number(self.values[entry])
            self.leaves[entry] = leaf.place
            found = self.entries[entry] = leaf
        return found

    def __setitem__(self, entry: int, number: "Number | float") -> None:
        self.entries[entry] = number
