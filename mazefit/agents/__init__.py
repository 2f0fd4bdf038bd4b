"""What learns values: planners, learners, policies, and the exact answer they are held against."""

from mazefit.agents.catalogue import Entry, catalogue
from mazefit.agents.certify import Certificate, certify
from mazefit.agents.evaluation import Evaluation, evaluate
from mazefit.agents.exact import Solution, solve
from mazefit.agents.interrupt import LearningInterrupted
from mazefit.agents.learning.batch_monte_carlo import BatchMonteCarlo
from mazefit.agents.learning.batch_progress import BatchEvent
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
from mazefit.agents.policies import UCB, EpsilonGreedy, Greedy, Softmax
from mazefit.agents.progress import Event
from mazefit.agents.run import Run
from mazefit.agents.schedules import Exponential, Linear, PerVisit

__all__ = [
    "TD0",
    "UCB",
    "BatchEvent",
    "BatchMonteCarlo",
    "BatchTD",
    "Certificate",
    "DoubleQLearning",
    "DynaQ",
    "DynaQPlus",
    "Entry",
    "EpsilonGreedy",
    "Evaluation",
    "Event",
    "Exact",
    "ExpectedSarsa",
    "Exponential",
    "GaussSeidelValueIteration",
    "Greedy",
    "LearnedPrioritizedSweeping",
    "LearningInterrupted",
    "Linear",
    "ModifiedPolicyIteration",
    "MonteCarloControl",
    "MonteCarloExploringStarts",
    "MonteCarloPrediction",
    "NStepExpectedSarsa",
    "NStepSarsa",
    "NStepTD",
    "OffPolicyMonteCarlo",
    "OffPolicyMonteCarloControl",
    "OffPolicyNStepSarsa",
    "OfflineLambdaReturn",
    "PerVisit",
    "PolicyEvaluation",
    "PolicyIteration",
    "PrioritizedSweeping",
    "QLearning",
    "QSigma",
    "RMax",
    "Run",
    "Sarsa",
    "SarsaLambda",
    "Softmax",
    "Solution",
    "TDLambda",
    "TreeBackup",
    "TrueOnlineSarsaLambda",
    "TrueOnlineTDLambda",
    "ValueIteration",
    "WatkinsQLambda",
    "catalogue",
    "certify",
    "evaluate",
    "solve",
]
