"""Whether a command is still being answered. Pure."""

from db.records import Job, JobState

# Seconds. Discord takes an answer within 3 s of the interaction; a request for it may be slow.
ANSWER_WINDOW = 15.0
_FIRST = 1


def is_answer_pending(job: Job, now: float) -> bool:
    """Whether the process that accepted *job* may yet show its card, so that nobody looks for it."""
    return (
        job.state is JobState.ACCEPTED
        and job.message_id is None
        and job.fence == _FIRST
        and now - job.created_at < ANSWER_WINDOW
    )
