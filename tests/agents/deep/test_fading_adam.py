"""Adam whose rate falls: the rates themselves, PyTorch's own steps at each, and a state that is taken up."""

import pytest
import torch

from mazefit.agents.deep.fading_adam import FadingAdam
from mazefit.errors import ConfigError


def moves(factory: FadingAdam, steps: int) -> tuple[list[float], torch.Tensor]:
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
    optimizer, rates = factory([weight]), []
    for step in range(steps):
        weight.grad = torch.tensor([0.5, -1.0], dtype=torch.float64) * (step + 1)
        optimizer.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates, weight.detach()


def test_the_rate_falls_in_a_straight_line_to_its_end() -> None:
    rates, _ = moves(FadingAdam(0.1, 4, end=0.25), 6)
    assert rates == pytest.approx([0.1, 0.075, 0.05, 0.025, 0.025, 0.025])


def test_its_steps_are_adams_own_at_these_rates() -> None:
    rates, found = moves(FadingAdam(0.1, 4, end=0.25), 6)
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
    adam = torch.optim.Adam([weight], betas=(0.9, 0.99))
    for step, rate in enumerate(rates):
        adam.param_groups[0]["lr"] = rate
        weight.grad = torch.tensor([0.5, -1.0], dtype=torch.float64) * (step + 1)
        adam.step()
    assert torch.equal(found, weight.detach())


def test_its_state_holds_where_it_is() -> None:
    weight = torch.nn.Parameter(torch.ones(1))
    weight.grad = torch.ones(1)
    first = FadingAdam(0.1, 4)([weight])
    for _ in range(2):
        first.step()
    other = FadingAdam(0.1, 4)([weight])
    other.load_state_dict(first.state_dict())
    other.step()
    assert other.param_groups[0]["lr"] == pytest.approx(0.05)


def test_bad_numbers() -> None:
    with pytest.raises(
        ConfigError, match=r"learning_rate: expected a number with 0 < .* updates: expected an integer of at least 1"
    ):
        FadingAdam(0.0, 0)
