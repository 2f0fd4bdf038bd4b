"""The list of everything that learns or plans here. A new algorithm is one file, and one line below."""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from mazefit.agents.learning.batch_monte_carlo import BatchMonteCarlo
from mazefit.agents.learning.batch_td import BatchTD
from mazefit.agents.learning.double_q_learning import DoubleQLearning
from mazefit.agents.learning.dyna_q import DynaQ
from mazefit.agents.learning.dyna_q_plus import DynaQPlus
from mazefit.agents.learning.expected_sarsa import ExpectedSarsa
from mazefit.agents.learning.learned_prioritized_sweeping import LearnedPrioritizedSweeping
from mazefit.agents.learning.monte_carlo_control import MonteCarloControl
from mazefit.agents.learning.monte_carlo_exploring_starts import MonteCarloExploringStarts
from mazefit.agents.learning.monte_carlo_prediction import MonteCarloPrediction
from mazefit.agents.learning.n_step_expected_sarsa import NStepExpectedSarsa
from mazefit.agents.learning.n_step_sarsa import NStepSarsa
from mazefit.agents.learning.n_step_td import NStepTD
from mazefit.agents.learning.off_line_lambda_return import OfflineLambdaReturn
from mazefit.agents.learning.off_policy_monte_carlo import OffPolicyMonteCarlo
from mazefit.agents.learning.off_policy_monte_carlo_control import OffPolicyMonteCarloControl
from mazefit.agents.learning.off_policy_n_step_sarsa import OffPolicyNStepSarsa
from mazefit.agents.learning.q_learning import QLearning
from mazefit.agents.learning.q_sigma import QSigma
from mazefit.agents.learning.r_max import RMax
from mazefit.agents.learning.sarsa import Sarsa
from mazefit.agents.learning.sarsa_lambda import SarsaLambda
from mazefit.agents.learning.td0 import TD0
from mazefit.agents.learning.td_lambda import TDLambda
from mazefit.agents.learning.tree_backup import TreeBackup
from mazefit.agents.learning.true_online_sarsa_lambda import TrueOnlineSarsaLambda
from mazefit.agents.learning.true_online_td_lambda import TrueOnlineTDLambda
from mazefit.agents.learning.watkins_q_lambda import WatkinsQLambda
from mazefit.agents.planning.exact_planner import Exact
from mazefit.agents.planning.gauss_seidel import GaussSeidelValueIteration
from mazefit.agents.planning.modified_policy_iteration import ModifiedPolicyIteration
from mazefit.agents.planning.policy_evaluation import PolicyEvaluation
from mazefit.agents.planning.policy_iteration import PolicyIteration
from mazefit.agents.planning.prioritized_sweeping import PrioritizedSweeping
from mazefit.agents.planning.value_iteration import ValueIteration
from mazefit.agents.policies import POLICIES
from mazefit.agents.schedules import Exponential, Linear, PerVisit
from mazefit.backup.spec import BackupSpec
from mazefit.errors import DataError, Problems, did_you_mean

ALGORITHMS: tuple[Any, ...] = (
    Exact,
    PolicyEvaluation,
    PolicyIteration,
    ValueIteration,
    GaussSeidelValueIteration,
    ModifiedPolicyIteration,
    PrioritizedSweeping,
    MonteCarloPrediction,
    OffPolicyMonteCarlo,
    TD0,
    BatchTD,
    BatchMonteCarlo,
    NStepTD,
    OfflineLambdaReturn,
    TDLambda,
    TrueOnlineTDLambda,
    MonteCarloExploringStarts,
    MonteCarloControl,
    OffPolicyMonteCarloControl,
    Sarsa,
    QLearning,
    ExpectedSarsa,
    DoubleQLearning,
    NStepSarsa,
    NStepExpectedSarsa,
    OffPolicyNStepSarsa,
    TreeBackup,
    QSigma,
    DynaQ,
    DynaQPlus,
    LearnedPrioritizedSweeping,
    RMax,
    SarsaLambda,
    TrueOnlineSarsaLambda,
    WatkinsQLambda,
)
PARTS: tuple[Any, ...] = (*POLICIES, Linear, Exponential, PerVisit)


@dataclass(frozen=True)
class Entry:
    """One algorithm: its name, how to make it, "planning" or "control", where the book has it, its backup diagram."""

    name: str
    factory: Callable[..., Any]
    kind: str
    reference: str
    spec: BackupSpec


def catalogue() -> list[Entry]:
    """Every algorithm of this version; each runs with its defaults."""
    return [Entry(a.name, a, a.kind, a.reference, a.rule.spec) for a in ALGORITHMS]


def find(name: str) -> Entry:
    """The algorithm of that name.

    Raises:
        ConfigError: there is none; says which name is near.
    """
    known = {entry.name: entry for entry in catalogue()}
    problems = Problems("agent")
    problems.choice("name", name, known)
    problems.raise_if_any()
    return known[name]


def describe(algorithm: Any) -> dict[str, Any]:
    """An algorithm, a policy or a schedule, as plain JSON: its name and its parameters."""
    found: dict[str, Any] = {"name": algorithm.name}
    for field in fields(algorithm):
        value = getattr(algorithm, field.name)
        found[field.name] = describe(value) if is_dataclass(value) else value
    return found


def build(description: dict[str, Any]) -> Any:
    """The algorithm, policy or schedule that `describe` told of.

    Raises:
        DataError: its name is not known here.
    """
    known = {made.name: made for made in (*ALGORITHMS, *PARTS)}
    name = description["name"]
    if name not in known:
        raise DataError(f"algorithm: unknown {name!r}{did_you_mean(name, known)}")
    parameters = {key: value for key, value in description.items() if key != "name"}
    return known[name](**{key: build(value) if isinstance(value, dict) else value for key, value in parameters.items()})
