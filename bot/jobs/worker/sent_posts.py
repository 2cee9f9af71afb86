"""Sent POSTs: which jobs this process has sent, whatever their rows say.

A row normally says so itself, as `submitting` is saved before the POST leaves. But a database can lose
what it had committed: a standby that takes over may lack the last commits of its primary, and a backup
may be restored beside a running bot. Then a job that was sent is `accepted` once more, and sent once
more it would be paid for twice.
"""

# Jobs; each is sent within hours of its acceptance, or not at all.
_MOST = 10_000


class SentPosts:
    """The newest jobs whose POST has left, each with the message that is its card."""

    def __init__(self) -> None:
        self._cards: dict[int, int | None] = {}

    def __contains__(self, job_id: int) -> bool:
        return job_id in self._cards

    def card_of(self, job_id: int) -> int | None:
        """Return the card of the job when it was sent."""
        return self._cards.get(job_id)

    def note(self, job_id: int, card: int | None) -> None:
        """Take note that the POST is about to leave."""
        self._cards[job_id] = card
        if len(self._cards) > _MOST:
            del self._cards[next(iter(self._cards))]

    def had_no_effect(self, job_id: int) -> None:
        """Take note that the API has made no task of it, so that the job may be sent anew."""
        self._cards.pop(job_id, None)
