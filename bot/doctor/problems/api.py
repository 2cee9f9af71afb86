"""Problems of the API: key, balance, permissions of the key."""

import enum

from bot.doctor.problems.row import Problem, failed, warning


@enum.unique
class ApiProblem(Problem):
    """What may be wrong with the API."""

    KEY_REFUSED = failed(
        "key", "Make a new API key in your ModelHunter account, and set MODELHUNTER_KEY."
    )
    KEY_FORBIDDEN = failed(
        "key",
        "Look at the key in your ModelHunter account: its permissions, spending limit, addresses and expiry.",
    )
    KEY_FOR_TESTS = warning(
        "key", "Set MODELHUNTER_KEY to a key that begins with river_live_ to get real results."
    )
    BALANCE_EMPTY = failed("balance, key", "Top up the balance of your ModelHunter account.")
    BALANCE_LOW = warning(
        "balance", "Top up the balance, or lower DAILY_BUDGET_USD to what it covers."
    )
    BALANCE_UNKNOWN = warning(
        "balance", "Look at the balance in your ModelHunter account: the API does not report it."
    )

    KEY_MAY_NOT_READ = failed(
        "key permissions",
        "Let the key read tasks, in your ModelHunter account: the bot follows its jobs by that.",
    )
