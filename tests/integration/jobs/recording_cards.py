"""Cards that behave like Discord's and remember everything that was shown."""

from collections import defaultdict
from collections.abc import Sequence

from bot.jobs.errors import CardDeleted, CardNeverSent, CardOutOfReach
from bot.media.download import DownloadedFile
from db.records import Job


class RecordingCards:
    """Implements `bot.jobs.cards.Cards`; a job's card may be deleted or moved out of reach."""

    def __init__(self) -> None:
        self.limit = 10 * 1024 * 1024
        self.shown: list[Job] = []
        self.endings: list[Job] = []
        self.uploads: list[tuple[Job, list[bytes]]] = []
        self.names: list[str] = []
        self.replies: list[tuple[Job, list[bytes]]] = []
        self.private: list[tuple[Job, list[bytes]]] = []
        self.finished_privately: list[Job] = []
        self.pings: list[Job] = []
        self.reactions_removed: list[int] = []
        self.message_ids: dict[int, int] = {}  # by job, of cards that exist
        self.deleted: set[int] = set()  # jobs
        self.out_of_reach: set[int] = set()
        self.is_away = False  # Discord answers nothing at all
        self.takes_replies = True
        self.takes_direct_messages = True
        self.errors: dict[str, list[Exception]] = defaultdict(list)  # by method, used up

    def show(self, job: Job) -> None:
        """Remember what is to be shown."""
        self.shown.append(job)

    async def finish(self, job: Job) -> str:
        """Show an ending."""
        self._reach("finish", job)
        self.endings.append(job)
        return self._digest(job)

    async def deliver(self, job: Job, files: Sequence[DownloadedFile]) -> str:
        """Put files onto the card."""
        self._reach("deliver", job)
        self.uploads.append((job, [file.path.read_bytes() for file in files]))
        self.names += [file.path.name for file in files]
        return self._digest(job)

    async def deliver_as_reply(self, job: Job, files: Sequence[DownloadedFile]) -> None:
        """Send files as a reply to the card."""
        self._raise_planned_error("deliver_as_reply")
        if job.id in self.deleted:
            raise CardDeleted("nothing to reply to")
        if not self.takes_replies:
            raise CardOutOfReach("nothing may be sent here")
        self.replies.append((job, [file.path.read_bytes() for file in files]))

    async def deliver_privately(self, job: Job, files: Sequence[DownloadedFile]) -> None:
        """Send files as a direct message."""
        self._raise_planned_error("deliver_privately")
        if not self.takes_direct_messages:
            raise CardOutOfReach("no direct messages, please")
        self.private.append((job, [file.path.read_bytes() for file in files]))

    async def is_discord_answering(self) -> bool:
        """Whether Discord is not away."""
        return not self.is_away

    async def upload_limit(self, job: Job) -> int:  # noqa: ARG002
        """Return the same for every job."""
        return self.limit

    async def find(self, job: Job) -> int:
        """Return the id of a card that exists."""
        self._raise_planned_error("find")
        if job.id not in self.message_ids:
            raise CardNeverSent("there is none")
        return self.message_ids[job.id]

    async def finish_privately(self, job: Job) -> None:
        """Report an ending by direct message."""
        self._raise_planned_error("finish_privately")
        if not self.takes_direct_messages:
            raise CardOutOfReach("no direct messages, please")
        self.finished_privately.append(job)

    async def notify_requester(self, job: Job) -> None:
        """Reply to the card."""
        self._reach("notify_requester", job)
        self.pings.append(job)

    async def remove_own_reaction(self, job: Job) -> None:
        """Take the cross off."""
        self.reactions_removed.append(job.id)

    def _reach(self, method: str, job: Job) -> None:
        self._raise_planned_error(method)
        if job.id in self.deleted:
            raise CardDeleted("it was deleted")
        if job.id in self.out_of_reach:
            raise CardOutOfReach("it can't be edited")

    def _raise_planned_error(self, method: str) -> None:
        if self.errors[method]:
            raise self.errors[method].pop(0)

    @staticmethod
    def _digest(job: Job) -> str:
        return f"{job.state} {job.reason}"
