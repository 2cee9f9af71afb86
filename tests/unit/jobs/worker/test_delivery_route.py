"""Which way a result takes: every route, every error and every kind of job."""

import itertools
from collections.abc import Iterator, Sequence

import pytest

from bot.jobs.errors import (
    CardAwaited,
    CardBusy,
    CardDeleted,
    CardError,
    CardNeverSent,
    CardOutOfReach,
    FileTooBig,
)
from bot.jobs.worker.delivery_route import (
    SMALLEST_LIMIT,
    Route,
    begin,
    current_route,
    next_route,
    route_without_files,
)
from bot.media.errors import (
    AddressRefused,
    CannotTranscode,
    DownloadError,
    DownloadFailed,
    LinkExpired,
    NameRefused,
    NeverMedium,
    NoMedium,
    NotWhole,
    TooLarge,
    Undecodable,
)
from db.records import CardKind, Job, JobState, Reason
from tests.unit.jobs.builders import NOW, a_job

ERRORS = {
    kind.__name__: kind("no")
    for kind in (CardDeleted, CardBusy, FileTooBig, CardOutOfReach, CardNeverSent, CardError)
} | {CardAwaited.__name__: CardAwaited(44)}
BEGUN: dict[str, dict[str, float]] = {
    "CARD": {},
    "REPLY": {"reply_begun_at": NOW},
    "DIRECT_MESSAGE": {"dm_begun_at": NOW},
}
DOWNWARDS = [Route.CARD, Route.REPLY, Route.DIRECT_MESSAGE]
LARGE_LIMIT = SMALLEST_LIMIT + 1
# Columns: whether a part of the result must not be opened, and which limit its files fit.
# "BESIDE" is a reply where one may be sent, else a direct message.
LADDER = """
route           error           all may be opened                a part may not
                                large limit    smallest limit    large limit    smallest limit
CARD            CardDeleted     KEPT           KEPT              KEPT           KEPT
CARD            CardBusy        LATER          LATER             LATER          LATER
CARD            FileTooBig      SMALLER_FILES  LINK              SMALLER_FILES  WITHHELD
CARD            CardOutOfReach  BESIDE         BESIDE            BESIDE         BESIDE
CARD            CardNeverSent   LATER          LATER             LATER          LATER
CARD            CardAwaited     LATER          LATER             LATER          LATER
CARD            CardError       LATER          LATER             LATER          LATER
REPLY           CardDeleted     KEPT           KEPT              KEPT           KEPT
REPLY           CardBusy        LATER          LATER             LATER          LATER
REPLY           FileTooBig      DIRECT_MESSAGE DIRECT_MESSAGE    DIRECT_MESSAGE DIRECT_MESSAGE
REPLY           CardOutOfReach  DIRECT_MESSAGE DIRECT_MESSAGE    DIRECT_MESSAGE DIRECT_MESSAGE
REPLY           CardNeverSent   DIRECT_MESSAGE DIRECT_MESSAGE    DIRECT_MESSAGE DIRECT_MESSAGE
REPLY           CardAwaited     DIRECT_MESSAGE DIRECT_MESSAGE    DIRECT_MESSAGE DIRECT_MESSAGE
REPLY           CardError       DIRECT_MESSAGE DIRECT_MESSAGE    DIRECT_MESSAGE DIRECT_MESSAGE
DIRECT_MESSAGE  CardDeleted     LINK           LINK              WITHHELD       WITHHELD
DIRECT_MESSAGE  CardBusy        LATER          LATER             LATER          LATER
DIRECT_MESSAGE  FileTooBig      SMALLER_FILES  LINK              SMALLER_FILES  WITHHELD
DIRECT_MESSAGE  CardOutOfReach  LINK           LINK              WITHHELD       WITHHELD
DIRECT_MESSAGE  CardNeverSent   LINK           LINK              WITHHELD       WITHHELD
DIRECT_MESSAGE  CardAwaited     LINK           LINK              WITHHELD       WITHHELD
DIRECT_MESSAGE  CardError       LINK           LINK              WITHHELD       WITHHELD
"""
ROWS = [line.split() for line in LADDER.strip().splitlines()[2:]]


def jobs(route: str, reason: Reason | None) -> Iterator[Job]:
    """Yield a job of every kind whose result was last tried by *route*."""
    for private, kind, message_id in itertools.product((False, True), CardKind, (None, 44)):
        yield a_job(
            JobState.DELIVERING,
            private=private,
            card_kind=kind,
            message_id=message_id,
            reason=reason,
            **BEGUN[route],
        )


def expected(outcome: str, job: Job) -> Route:
    """Return the route that the table's *outcome* means for *job*."""
    if outcome != "BESIDE":
        return Route[outcome]
    in_channel = job.card_kind is CardKind.CHANNEL and not job.private
    return Route.REPLY if in_channel and job.message_id is not None else Route.DIRECT_MESSAGE


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_the_ladder_as_a_table(row: list[str]) -> None:
    """For every route, error, kind of job and limit there is one next route, and it is this one."""
    route, error, *outcomes = row
    columns = itertools.product((None, Reason.BAD_RESULT), (LARGE_LIMIT, SMALLEST_LIMIT))
    for outcome, (reason, limit) in zip(outcomes, columns, strict=True):
        for job in jobs(route, reason):
            assert current_route(job) is Route[route]
            assert next_route(job, ERRORS[error], limit=limit) is expected(outcome, job)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_what_has_failed_enough_is_not_tried_again(row: list[str]) -> None:
    """What would be tried later is made smaller once, and then linked; all else is as ever."""
    route, error, *outcomes = row
    columns = itertools.product((None, Reason.BAD_RESULT), (LARGE_LIMIT, SMALLEST_LIMIT))
    for outcome, (reason, limit) in zip(outcomes, columns, strict=True):
        for job in jobs(route, reason):
            found = next_route(job, ERRORS[error], limit=limit, has_failed_enough=True)
            assert found is not Route.LATER
            if outcome != "LATER":
                assert found is expected(outcome, job)
            elif limit == LARGE_LIMIT:
                assert found is Route.SMALLER_FILES
            else:
                assert found is (Route.LINK if reason is None else Route.WITHHELD)


def test_the_table_of_routes_is_complete() -> None:
    """The table above has every route that sends files, with every error that a card may raise."""
    routes = {route.name for route in Route if route.sends_files}
    errors = {"CardError", *(kind.__name__ for kind in CardError.__subclasses__())}
    assert {(row[0], row[1]) for row in ROWS} == set(itertools.product(routes, errors))


def test_no_route_is_tried_again_after_it_refused() -> None:
    """After any refusal, routes are tried from the card downwards, and nothing private is sent as a reply."""
    kinds = [job for route in BEGUN for job in jobs(route, None)]
    for job, errors in itertools.product(kinds, itertools.product(ERRORS.values(), repeat=3)):
        tried = list(routes_tried(job, errors))
        assert tried == [route for route in DOWNWARDS if route in tried]
        assert Route.REPLY not in tried[1:] or not job.private


def routes_tried(job: Job, errors: Sequence[CardError]) -> Iterator[Route]:
    """Yield the routes by which files are sent when each of *errors* follows in turn."""
    yield current_route(job)
    for error in errors:
        route = next_route(job, error, limit=SMALLEST_LIMIT)
        if not route.sends_files:
            return
        yield route
        job = begin(job, route, NOW)


def test_what_begins_a_route_is_remembered() -> None:
    """The row says which route was begun, since when, and keeps that when it is begun again."""
    job = a_job(JobState.DELIVERING)
    assert begin(job, Route.CARD, NOW) == job
    replied = begin(job, Route.REPLY, NOW)
    assert (replied.reply_begun_at, current_route(replied)) == (NOW, Route.REPLY)
    sent = begin(replied, Route.DIRECT_MESSAGE, NOW + 1)
    assert (sent.dm_begun_at, current_route(sent)) == (NOW + 1, Route.DIRECT_MESSAGE)
    assert begin(replied, Route.REPLY, NOW + 9) == replied
    assert begin(sent, Route.DIRECT_MESSAGE, NOW + 9) == sent


@pytest.mark.parametrize(
    ("error", "at_first", "when_hopeless"),
    [
        (LinkExpired("403"), Route.LATER, Route.LINK),
        (TooLarge("101 MB"), Route.LINK, Route.LINK),
        (NoMedium("a page"), Route.LATER, Route.LINK),
        (NeverMedium("a page, twice"), Route.WITHHELD, Route.WITHHELD),
        (NotWhole("1 of 2 bytes"), Route.LATER, Route.LINK),
        (Undecodable("br"), Route.LATER, Route.LINK),
        (AddressRefused("leads inside"), Route.WITHHELD, Route.WITHHELD),
        (NameRefused("leads inside"), Route.LATER, Route.WITHHELD),
        (DownloadFailed("HTTP 500", retryable=True), Route.LATER, Route.LINK),
        (DownloadFailed("no address", retryable=False), Route.LINK, Route.LINK),
        (CannotTranscode("too long"), Route.LINK, Route.LINK),
    ],
    ids=lambda it: type(it).__name__ if isinstance(it, Exception) else it.name,
)
def test_a_result_without_files(
    error: DownloadError | CannotTranscode, at_first: Route, when_hopeless: Route
) -> None:
    """What may be better later is tried for a while; what must not be opened is not linked."""
    assert route_without_files(error, is_hopeless=False) is at_first
    assert route_without_files(error, is_hopeless=True) is when_hopeless
