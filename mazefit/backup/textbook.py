"""The rules of the textbook, each in the grammar of its own diagram.

`TEXTBOOK[name].diagram().draw("svg")` is the figure; `TEXTBOOK[name].check(backup)` holds a traced update against it.

Reference: Sutton & Barto, Reinforcement Learning, 2nd edition; `section` says where each one stands. Batch updates: 6.3;
R-max: Brafman & Tennenholtz (2002), R-MAX, Journal of Machine Learning Research 3.
"""

from mazefit.backup.spec import BackupSpec, Repeat, expect, maximum, sample, sigma

_V = "V(s) ← V(s) + α [ {} − V(s) ]"
_Q = "Q(s, a) ← Q(s, a) + α [ {} − Q(s, a) ]"
_RETURN = "r₁ + γ r₂ + γ² r₃ + …"
_N_STEPS = "r₁ + γ r₂ + … + γⁿ⁻¹ rₙ + γⁿ"
_LAMBDA = "(1 − λ) Σ λⁿ⁻¹ Gₙ"
_TO_HORIZON = "(1 − λ) Σ λⁿ⁻¹ Gₙ + λʰ⁻ᵗ⁻¹ Gₕ"
_RATIO = "ρ = Π π(a|s) / b(a|s)"

_STEPS = (sample(), sample())
_TO_THE_END = (sample(), Repeat(_STEPS, "T-1"))  # from a pair: its arrival, then steps until the episode ends
_Q_LEARNING = (sample(), maximum())

_EXACT = (
    BackupSpec(
        "v_pi",
        "state",
        (expect(), expect()),
        "v",
        formula="V(s) ← Σ π(a|s) Σ p(s′, r|s, a) [ r + γ V(s′) ]",
        section="3.5, 4.1",
    ),
    BackupSpec(
        "q_pi",
        "state-action",
        (expect(), expect()),
        "q",
        formula="Q(s, a) ← Σ p(s′, r|s, a) [ r + γ Σ π(a′|s′) Q(s′, a′) ]",
        section="3.5",
    ),
    BackupSpec(
        "Value iteration",
        "state",
        (maximum(), expect()),
        "v",
        formula="V(s) ← max Σ p(s′, r|s, a) [ r + γ V(s′) ]",
        section="3.6, 4.4",
    ),
    BackupSpec(
        "q_*",
        "state-action",
        (expect(), maximum()),
        "q",
        formula="Q(s, a) ← Σ p(s′, r|s, a) [ r + γ max Q(s′, a′) ]",
        section="3.6",
    ),
)

_ONE_STEP = (
    BackupSpec("TD(0)", "state", _STEPS, "v", formula=_V.format("r + γ V(s′)"), section="6.1"),
    BackupSpec("Sarsa", "state-action", _STEPS, "q", formula=_Q.format("r + γ Q(s′, a′)"), section="6.4"),
    BackupSpec(
        "Expected Sarsa",
        "state-action",
        (sample(), expect()),
        "q",
        formula=_Q.format("r + γ Σ π(a′|s′) Q(s′, a′)"),
        section="6.6",
    ),
    BackupSpec("Q-learning", "state-action", _Q_LEARNING, "q", formula=_Q.format("r + γ max Q(s′, a′)"), section="6.5"),
    BackupSpec(
        "Double Q-learning",
        "state-action",
        _Q_LEARNING,
        "q",
        tables=2,
        formula="Q₁(s, a) ← Q₁(s, a) + α [ r + γ Q₂(s′, argmax Q₁(s′, a′)) − Q₁(s, a) ]",
        section="6.7",
    ),
    BackupSpec("Batch TD(0)", "state", _STEPS, "v", formula="V(s) ← V(s) + α Σₖ [ rₖ + γ V(s′ₖ) − V(s) ]", section="6.3"),
)

_N_STEP = (
    BackupSpec("n-step TD", "state", (Repeat(_STEPS, "n"),), "v", formula=_V.format(f"{_N_STEPS} V(sₙ)"), section="7.1"),
    BackupSpec(
        "n-step Sarsa", "state-action", (Repeat(_STEPS, "n"),), "q", formula=_Q.format(f"{_N_STEPS} Q(sₙ, aₙ)"), section="7.2"
    ),
    BackupSpec(
        "n-step Expected Sarsa",
        "state-action",
        (Repeat(_STEPS, "n-1"), sample(), expect()),
        "q",
        formula=_Q.format(f"{_N_STEPS} Σ π(a|sₙ) Q(sₙ, a)"),
        section="7.2",
    ),
    BackupSpec(
        "Off-policy n-step Sarsa",
        "state-action",
        (Repeat((sample(), sample(ratio=True)), "n"),),
        "q",
        formula=f"Q(s, a) ← Q(s, a) + α ρ [ {_N_STEPS} Q(sₙ, aₙ) − Q(s, a) ]\n{_RATIO}",
        section="7.3",
    ),
    BackupSpec(
        "Tree backup",
        "state-action",
        (Repeat((sample(), expect()), "n"),),
        "q",
        side_leaves=True,
        formula="G ← r + γ [ Σ π(a|s′) Q(s′, a) over a ≠ a′ + π(a′|s′) G′ ]",
        section="7.5",
    ),
    BackupSpec(
        "Q(sigma)",
        "state-action",
        (Repeat((sample(), sigma(ratio=True)), "n"),),
        "q",
        side_leaves=True,
        formula="G ← r + γ [ (σ ρ + (1 − σ) π(a′|s′)) (G′ − Q(s′, a′)) + Σ π(a|s′) Q(s′, a) ]",
        section="7.6",
    ),
)

_MONTE_CARLO = (
    BackupSpec("Monte Carlo", "state", (Repeat(_STEPS, "T"),), None, formula=_V.format(_RETURN), section="5.1"),
    BackupSpec("Monte Carlo control", "state-action", _TO_THE_END, None, formula=_Q.format(_RETURN), section="5.3"),
    BackupSpec(
        "Off-policy Monte Carlo",
        "state",
        (Repeat((sample(ratio=True), sample()), "T"),),
        None,
        formula=f"V(s) ← V(s) + α ρ [ {_RETURN} − V(s) ]\n{_RATIO}",
        section="5.5",
    ),
    BackupSpec(
        "Off-policy Monte Carlo control",
        "state-action",
        (sample(), Repeat((sample(ratio=True), sample()), "T-1")),
        None,
        formula=f"Q(s, a) ← Q(s, a) + (W / C) [ {_RETURN} − Q(s, a) ]\nC ← C + W,  W{_RATIO[1:]}",
        section="5.7",
    ),
    BackupSpec(
        "Batch Monte Carlo", "state", (Repeat(_STEPS, "T"),), None, formula="V(s) ← V(s) + α Σₖ [ Gₖ − V(s) ]", section="6.3"
    ),
)

_TRACES = (
    BackupSpec(
        "Off-line lambda-return",
        "state",
        (Repeat(_STEPS, "n"),),
        "v",
        compound="lambda",
        formula=_V.format(f"{_LAMBDA} + λᵀ⁻ᵗ⁻¹ G"),
        section="12.1",
    ),
    BackupSpec(
        "TD(lambda)",
        "state",
        (Repeat(_STEPS, "n"),),
        "v",
        compound="lambda",
        formula=_V.format(_LAMBDA),
        section="12.2",
    ),
    BackupSpec(
        "True online TD(lambda)",
        "state",
        (Repeat(_STEPS, "n"),),
        "v",
        compound="lambda",
        formula=_V.format(_TO_HORIZON),
        section="12.5",
        true_online=True,
    ),
    BackupSpec(
        "Sarsa(lambda)",
        "state-action",
        (Repeat(_STEPS, "n"),),
        "q",
        compound="lambda",
        formula=_Q.format(_LAMBDA),
        section="12.7",
    ),
    BackupSpec(
        "True online Sarsa(lambda)",
        "state-action",
        (Repeat(_STEPS, "n"),),
        "q",
        compound="lambda",
        formula=_Q.format(_TO_HORIZON),
        section="12.7",
        true_online=True,
    ),
    BackupSpec(
        "Watkins Q(lambda)",
        "state-action",
        (Repeat(_STEPS, "n-1"), *_Q_LEARNING),
        "q",
        compound="lambda",
        formula=_Q.format(_LAMBDA),
        section="12.10",
    ),
)

_PLANNING = (
    BackupSpec(
        "Dyna-Q",
        "state-action",
        _Q_LEARNING,
        "q",
        formula=_Q.format("r + γ max Q(s′, a′)") + "\nr, s′ ← Model(s, a)",
        section="8.2",
        planning=("cause",),
    ),
    BackupSpec(
        "Dyna-Q+",
        "state-action",
        _Q_LEARNING,
        "q",
        formula=_Q.format("r + κ √τ + γ max Q(s′, a′)") + "\nr, s′ ← Model(s, a)",
        section="8.3",
        planning=("bonus",),  # a pair that was never tried rests on no step
    ),
    BackupSpec(
        "Prioritized sweeping",
        "state-action",
        _Q_LEARNING,
        "q",
        formula=_Q.format("r + γ max Q(s′, a′)") + "\nP ← | r + γ max Q(s′, a′) − Q(s, a) |",
        section="8.4",
        planning=("cause", "priority"),
    ),
    BackupSpec(
        "R-max",
        "state-action",
        (expect(), maximum()),
        "q",
        formula="Q(s, a) ← (1 / m) Σₖ [ rₖ + γ max Q(s′ₖ, a′) ]",
        section="Brafman & Tennenholtz (2002)",
    ),
)

TEXTBOOK: dict[str, BackupSpec] = {
    spec.name: spec for spec in (*_EXACT, *_MONTE_CARLO, *_ONE_STEP, *_N_STEP, *_PLANNING, *_TRACES)
}
"""Every rule by name, in the order of the book."""
