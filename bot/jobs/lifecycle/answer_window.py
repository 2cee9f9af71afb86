"""Answer window: the time in which a new job's card may still be on its way to Discord. Pure."""

from db.records import Job, JobState

# Seconds. Discord accepts an answer within 3 s of the interaction (Discord docs: Receiving and
# Responding); the request that carries it may take longer.
ANSWER_WINDOW = 15.0
# The version that acceptance writes. Each write raises it, also a claim by another process.
_FIRST_VERSION = 1


def is_answer_pending(job: Job, now: float) -> bool:
    """Return whether the process that accepted *job* may yet show its card.

    No other step looks for the card in that time: its absence would prove nothing.
    """
    return (
        job.state is JobState.ACCEPTED
        and job.message_id is None
        and job.version == _FIRST_VERSION
        and now - job.created_at < ANSWER_WINDOW
    )
