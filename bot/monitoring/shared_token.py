"""Shared token: whether another process, on another database, answers with the bot's token.

Discord sends every event to both, so that each command is answered by the faster one. The other takes
its row back, but lists of jobs, cancels and budgets are then two. A process learns of another one when

- its card or question is refused, because the interaction has an answer that is not its own;
- the task list has a task for a job that it has not sent;
- more sessions were started with the token than its database knows of, which Discord counts.
"""

import logging

from bot.monitoring.health import Health

log = logging.getLogger(__name__)

# The name under which the problem is reported.
SHARED_TOKEN = "discord token"  # noqa: S105 - a name

_SENTENCE = (
    "Another process answers with this bot's token: stop it, or reset the token at Discord and set "
    "DISCORD_TOKEN anew."
)


def report_shared_token(health: Health) -> None:
    """Report that another process uses the token; logged once until it is taken for over."""
    if health.problem(SHARED_TOKEN) is None:
        log.error("%s", _SENTENCE)
        health.report(SHARED_TOKEN, _SENTENCE)
