"""Log context: what the lines of the log are about, while a piece of work is done.

A context belongs to one asyncio.Task, and each task that it starts begins with a copy. So each step
of a job, each edit of its card and each interaction says once what it is about, and every line that
comes of it has the id, whichever module writes it. The id of an interaction is that of the job that it
makes.
"""

from collections.abc import Mapping

from structlog.contextvars import bind_contextvars, get_contextvars

# What a line may be about, in this order; nothing else of a context is logged.
_JOB, _INTERACTION, _ERROR = "job", "interaction", "error"
NAMES = (_JOB, _INTERACTION, _ERROR)


def about_job(job_id: int) -> None:
    """Have each line of the present task be about the job."""
    bind_contextvars(**{_JOB: str(job_id)})


def about_interaction(interaction_id: int) -> None:
    """Have each line of the present task be about the interaction, and the job that it makes."""
    bind_contextvars(**{_INTERACTION: str(interaction_id)})


def about_error(error_id: str) -> None:
    """Have each line of the present task be about the error that a user reads this short name of."""
    bind_contextvars(**{_ERROR: error_id})


def subjects() -> Mapping[str, str]:
    """Return what the present task is about, by name."""
    known = get_contextvars()
    return {name: str(known[name]) for name in NAMES if name in known}
