"""Delivery route: the ladder by which a result reaches its requester. Pure.

    the card  ->  a reply to it  ->  a direct message  ->  fresh links in `/jobs`

A result belongs onto the card of its job. A card can't always be edited: the interaction token
expires after 15 minutes (Discord docs: Receiving and Responding), a permission is taken away, a
thread is archived. Then the next route is tried, under these rules:

- What is private, or is on a card that only its requester sees, is never sent into the channel:
  such a result skips the reply.
- A card that was deleted is not replaced. Its result is kept and can be had in `/jobs`.
- A route is saved in the row before its message is sent (`reply_begun_at`, `dm_begun_at`), and a
  route that refused is not tried again, also not by the next process. After a crash the message may
  have been sent or not: it is looked for and repeated with its nonce. A return to the card could
  show the result twice.
- Busy is no refusal: the same route is tried again later, until that has failed often and long enough
  (`send_trouble`). Then the files are made smaller, and after that the result is linked.
- The announced upload limit may be wrong (40005, 413). The same route is then tried once more with
  files as small as every server and every direct message takes them.
- A reply that is too large is no reason for smaller files: the direct message may take them.

`next_route` decides, `DeliverStep` carries it out.
"""

import enum
from collections.abc import Mapping

from bot.jobs.errors import CardBusy, CardDeleted, CardError, CardOutOfReach, FileTooBig
from bot.jobs.worker.fetch_trouble import must_not_be_opened
from bot.media.errors import CannotTranscode, DownloadError
from db.copies import changed
from db.records import CardKind, Job

# Bytes. Every server and every direct message takes this much (Discord docs: Reference, Uploading
# Files).
SMALLEST_LIMIT = 10 * 1024 * 1024


class Route(enum.Enum):
    """What to do with a result: the first three send its files, the others send none."""

    CARD = "on its card"
    REPLY = "in a reply to its card"
    DIRECT_MESSAGE = "in a direct message"
    SMALLER_FILES = "by the same route, with smaller files"
    LATER = "by the same route, later"
    KEPT = "kept: the card was deleted"
    LINK = "fresh links"
    WITHHELD = "nothing: it must not be opened"

    @property
    def sends_files(self) -> bool:
        """Whether files are sent by this route."""
        return self in _LADDER


# By the route that was tried and the kind of error; the first kind that fits counts.
_LADDER: Mapping[Route, Mapping[type[CardError], Route]] = {
    Route.CARD: {
        CardDeleted: Route.KEPT,
        FileTooBig: Route.SMALLER_FILES,
        CardOutOfReach: Route.REPLY,
        CardError: Route.LATER,
    },
    Route.REPLY: {
        CardDeleted: Route.KEPT,
        CardBusy: Route.LATER,
        CardError: Route.DIRECT_MESSAGE,
    },
    Route.DIRECT_MESSAGE: {
        CardBusy: Route.LATER,
        FileTooBig: Route.SMALLER_FILES,
        CardError: Route.LINK,
    },
}


def current_route(job: Job) -> Route:
    """Return the route that was begun last: the first to be tried, and the one that then failed."""
    if job.sent_by_dm:
        return Route.DIRECT_MESSAGE
    return Route.CARD if job.reply_begun_at is None else Route.REPLY


def begin(job: Job, route: Route, now: float) -> Job:
    """Return *job* with *route* begun, to be saved before anything is sent by it."""
    if route is Route.REPLY and job.reply_begun_at is None:
        return changed(job, reply_begun_at=now, delivery_failures=0)
    if route is Route.DIRECT_MESSAGE and job.dm_begun_at is None:
        return changed(job, dm_begun_at=now, delivery_failures=0)
    return job


def next_route(job: Job, error: CardError, *, limit: int, has_failed_enough: bool = False) -> Route:
    """Return what follows when the current route of *job* ended in *error*.

    *limit* is the largest size in bytes that the files were made to fit. *has_failed_enough* says
    that the same route is not tried again with the same files (`send_trouble`).
    """
    outcomes = _LADDER[current_route(job)]
    route = next(outcomes[kind] for kind in outcomes if isinstance(error, kind))
    if route is Route.REPLY and not may_be_replied_to(job):
        return Route.DIRECT_MESSAGE
    if route is Route.LATER and has_failed_enough:
        route = Route.SMALLER_FILES
    if route is Route.SMALLER_FILES and limit <= SMALLEST_LIMIT:
        route = Route.LINK
    return link_or_withhold(job) if route is Route.LINK else route


def link_or_withhold(job: Job) -> Route:
    """Return what becomes of a result that no message takes: links to what may be opened of it."""
    return Route.LINK if job.has_good_files else Route.WITHHELD


def route_without_files(error: DownloadError | CannotTranscode, *, is_hopeless: bool) -> Route:
    """Return what becomes of a result when none of its files could be had or made to fit."""
    if isinstance(error, DownloadError) and error.retryable and not is_hopeless:
        return Route.LATER
    return Route.WITHHELD if must_not_be_opened(error) else Route.LINK


def may_be_replied_to(job: Job) -> bool:
    """Whether the result may be sent into the channel, as a reply to its card."""
    return job.card_kind is CardKind.CHANNEL and not job.private and job.message_id is not None
