"""Cards: what jobs need of Discord, as one small protocol that `CardMessages` implements.

Its errors are on the page of this package, `bot.jobs.errors`.
"""

from collections.abc import Sequence
from typing import Protocol

from bot.media.download import DownloadedFile
from db.records import Job


class Cards(Protocol):
    """The messages that show jobs. Every method may be called again with the same job without harm."""

    def show(self, job: Job) -> None:
        """Show *job* soon; the newest state wins and an unchanged card is not touched."""

    async def finish(self, job: Job) -> str:
        """Show the ending of *job* now and return the digest of what is shown.

        Raises:
            CardError: It is not shown; the kind of error says what to do.
        """

    async def deliver(self, job: Job, files: Sequence[DownloadedFile]) -> str:
        """Put *files* onto the card, in place of those it had, and return the digest.

        Raises:
            CardError: They are not there; `FileTooBig` when they never will be.
        """

    async def deliver_as_reply(self, job: Job, files: Sequence[DownloadedFile]) -> None:
        """Put *files* into a new message, a reply to the card; *job* twice is one message.

        Raises:
            CardError: They are not there; `CardDeleted` when there is no card to reply to.
        """

    async def deliver_privately(self, job: Job, files: Sequence[DownloadedFile]) -> None:
        """Send *files* to the requester as a direct message.

        Raises:
            CardError: They could not be sent.
        """

    async def upload_limit(self, job: Job) -> int:
        """Return how many bytes one file on the card of *job* may have."""

    async def is_discord_answering(self) -> bool:
        """Whether Discord answers another call now, so that it is not away altogether."""

    async def find(self, job: Job) -> int:
        """Return the message id of the card of *job*, when the database does not have it.

        Raises:
            CardNeverSent: There is no card.
            CardError: It can't be found out now.
        """

    async def finish_privately(self, job: Job) -> None:
        """Show the ending of *job* in a direct message, its card being out of reach.

        Raises:
            CardError: It could not be sent.
        """

    async def notify_requester(self, job: Job) -> None:
        """Ping the requester by a short reply that says that *job* ended; twice does no harm."""

    async def remove_own_reaction(self, job: Job) -> None:
        """Take the bot's own ❌ off an ended card.

        Raises:
            CardError: It stays; with `CardBusy` another try may help.
        """
