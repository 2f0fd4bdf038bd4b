"""The rules of the textbook, each in the grammar of its own diagram.

`TEXTBOOK[name].diagram().draw("svg")` is the figure. Reference: Sutton & Barto, 2nd edition, the section after each.
"""

from mazefit.backup.spec import BackupSpec, Repeat, expect, maximum, sample, sigma

_V = "V(s) ← V(s) + α [ {} − V(s) ]"
_Q = "Q(s, a) ← Q(s, a) + α [ {} − Q(s, a) ]"
_STEPS = (sample(), sample())

_SPECS = (
    BackupSpec(
        "v_pi", "state", (expect(), expect()), "v", formula="V(s) ← Σ π(a|s) Σ p(s′, r|s, a) [ r + γ V(s′) ]"
    ),  # 3.5, 4.1
    BackupSpec(
        "q_pi",
        "state-action",
        (expect(), expect()),
        "q",
        formula="Q(s, a) ← Σ p(s′, r|s, a) [ r + γ Σ π(a′|s′) Q(s′, a′) ]",
    ),  # 3.5
    BackupSpec(
        "Value iteration", "state", (maximum(), expect()), "v", formula="V(s) ← max Σ p(s′, r|s, a) [ r + γ V(s′) ]"
    ),  # 3.6, 4.4
    BackupSpec(
        "q_*",
        "state-action",
        (expect(), maximum()),
        "q",
        formula="Q(s, a) ← Σ p(s′, r|s, a) [ r + γ max Q(s′, a′) ]",
    ),  # 3.6
    BackupSpec("TD(0)", "state", _STEPS, "v", formula=_V.format("r + γ V(s′)")),  # 6.1
    BackupSpec("Sarsa", "state-action", _STEPS, "q", formula=_Q.format("r + γ Q(s′, a′)")),  # 6.4
    BackupSpec(
        "Expected Sarsa", "state-action", (sample(), expect()), "q", formula=_Q.format("r + γ Σ π(a′|s′) Q(s′, a′)")
    ),  # 6.6
    BackupSpec("Q-learning", "state-action", (sample(), maximum()), "q", formula=_Q.format("r + γ max Q(s′, a′)")),  # 6.5
    BackupSpec(
        "Double Q-learning",
        "state-action",
        (sample(), maximum()),
        "q",
        tables=2,
        formula="Q₁(s, a) ← Q₁(s, a) + α [ r + γ Q₂(s′, argmax Q₁(s′, a′)) − Q₁(s, a) ]",
    ),  # 6.7
    BackupSpec(
        "n-step TD", "state", (Repeat(_STEPS, "n"),), "v", formula=_V.format("r₁ + γ r₂ + … + γⁿ⁻¹ rₙ + γⁿ V(sₙ)")
    ),  # 7.1
    BackupSpec(
        "n-step Sarsa",
        "state-action",
        (Repeat(_STEPS, "n"),),
        "q",
        formula=_Q.format("r₁ + γ r₂ + … + γⁿ⁻¹ rₙ + γⁿ Q(sₙ, aₙ)"),
    ),  # 7.2
    BackupSpec(
        "n-step Expected Sarsa",
        "state-action",
        (Repeat(_STEPS, "n-1"), sample(), expect()),
        "q",
        formula=_Q.format("r₁ + γ r₂ + … + γⁿ⁻¹ rₙ + γⁿ Σ π(a|sₙ) Q(sₙ, a)"),
    ),  # 7.2
    BackupSpec(
        "Tree backup",
        "state-action",
        (Repeat((sample(), expect()), "n"),),
        "q",
        side_leaves=True,
        formula="G ← r + γ [ Σ π(a|s′) Q(s′, a) over a ≠ a′ + π(a′|s′) G′ ]",
    ),  # 7.5
    BackupSpec(
        "Q(sigma)",
        "state-action",
        (Repeat((sample(), sigma(ratio=True)), "n"),),
        "q",
        side_leaves=True,
        formula="G ← r + γ [ (σ ρ + (1 − σ) π(a′|s′)) (G′ − Q(s′, a′)) + Σ π(a|s′) Q(s′, a) ]",
    ),  # 7.6
    BackupSpec("Monte Carlo", "state", (Repeat(_STEPS, "T"),), None, formula=_V.format("r₁ + γ r₂ + γ² r₃ + …")),  # 5.1
    BackupSpec(
        "TD(lambda)",
        "state",
        (Repeat(_STEPS, "n"),),
        "v",
        compound="lambda",
        formula=_V.format("(1 − λ) Σ λⁿ⁻¹ Gₙ"),
    ),  # 12.1
    BackupSpec(
        "Watkins Q(lambda)",
        "state-action",
        (Repeat(_STEPS, "n-1"), sample(), maximum()),
        "q",
        compound="lambda",
        formula=_Q.format("(1 − λ) Σ λⁿ⁻¹ Gₙ"),
    ),  # 12.10
)

TEXTBOOK: dict[str, BackupSpec] = {spec.name: spec for spec in _SPECS}
