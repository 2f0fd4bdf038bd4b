import json
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch

from mazefit.training.trees import put_together, take_apart


@pytest.mark.parametrize(
    "tree",
    [
        None,
        {"a": [1, 2.5, True, "γ"], "b": (1, (2,)), "": {}},
        {0: {"step": 3}, (1, "x"): None},
        {"dict": 1, "tensor": 2, "float": 3},
        [math.inf, -math.inf, 1e-320, -0.0],
        Counter({3: 2, 5: 1}),
        [],
        2**70,
    ],
)
def test_there_and_back(tree: Any) -> None:
    tensors: dict[str, torch.Tensor] = {}
    plain = json.loads(json.dumps(take_apart(tree, tensors, "t"), allow_nan=False))
    back = put_together(plain, tensors)
    assert back == tree
    assert type(back) is type(tree)
    assert repr(back) == repr(tree)


def test_tensors_arrays_and_numbers_of_numpy() -> None:
    tensors: dict[str, torch.Tensor] = {}
    given = {"w": torch.arange(6).reshape(2, 3).T, "a": np.arange(3.0), "n": np.float32(0.1), "i": np.int64(7), "nan": math.nan}
    plain = json.loads(json.dumps(take_apart(given, tensors, "t"), allow_nan=False))
    back = put_together(plain, tensors)
    assert set(tensors) == {"t.w", "t.a"}
    assert torch.equal(back["w"], given["w"])
    assert tensors["t.w"].is_contiguous()
    np.testing.assert_array_equal(back["a"], given["a"])
    assert (back["n"], back["i"]) == (float(np.float32(0.1)), 7)
    assert math.isnan(back["nan"])


def test_what_has_no_place_is_named() -> None:
    with pytest.raises(TypeError, match=r"t.a.1: expected numbers, words, tensors, lists and dictionaries, got <function"):
        take_apart({"a": [1, lambda: 3]}, {}, "t")
    for damaged in ({"what": 1}, {"a": 1, "b": 2}, {"tensor": "gone"}, {"pairs": [1]}, {"tuple": 3}):
        with pytest.raises((ValueError, KeyError, TypeError)):
            put_together(damaged, {})
