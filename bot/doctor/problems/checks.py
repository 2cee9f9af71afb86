"""Problems of a check itself."""

import enum

from bot.doctor.problems.row import Problem, failed


@enum.unique
class CheckProblem(Problem):
    """What may be wrong with a check itself."""

    CHECK_TIMED_OUT = failed(
        "any check",
        "Try again; if it stays, look for what is slow: the disk, the network, a proxy.",
    )
    CHECK_CRASHED = failed(
        "any check", "Report this line: it is a fault of the doctor, and may say nothing of yours."
    )
