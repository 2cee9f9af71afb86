"""Problems: what may be wrong with a set-up, and the one sentence that mends each. A table.

docs/doctor.md shows it, and a test compares the two. A row says in which checks it is found, and
whether it is a failure or a warning; what was seen is added when it is found. A file for each kind.
"""

from bot.doctor.problems.api import ApiProblem
from bot.doctor.problems.checks import CheckProblem
from bot.doctor.problems.discord import DiscordProblem
from bot.doctor.problems.machine import MachineProblem
from bot.doctor.problems.row import Problem
from bot.doctor.problems.settings import SettingsProblem
from bot.doctor.problems.ways import WayProblem

# In the order of the page.
PROBLEMS: tuple[Problem, ...] = (
    *SettingsProblem,
    *WayProblem,
    *DiscordProblem,
    *ApiProblem,
    *MachineProblem,
    *CheckProblem,
)

__all__ = [
    "PROBLEMS",
    "ApiProblem",
    "CheckProblem",
    "DiscordProblem",
    "MachineProblem",
    "Problem",
    "SettingsProblem",
    "WayProblem",
]
