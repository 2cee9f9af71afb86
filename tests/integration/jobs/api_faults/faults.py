"""How a call can go wrong, and how a job must end: plain data."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from email.utils import formatdate

from db.records import JobState, Reason
from sandbox.fault_table import Fault
from sandbox.modelhunter.faults import ApiFaultEffect, ApiFaults
from tests.manual_clock import ManualClock

SOON = {"Retry-After": "70"}
# A date is as good as seconds (RFC 9110, section 10.2.3).
LATER = {"Retry-After": formatdate(ManualClock().now + 90, usegmt=True)}

TROUBLES: Mapping[str, ApiFaultEffect] = {
    "400": ApiFaultEffect(status=400, code="VALIDATION_ERROR"),
    "401": ApiFaultEffect(status=401, code="AUTH_INVALID_TOKEN"),
    "402": ApiFaultEffect(status=402, code="INSUFFICIENT_BALANCE"),
    "403": ApiFaultEffect(status=403, code="KEY_REVOKED"),
    "403 for a model": ApiFaultEffect(status=403, code="KEY_PERMISSION_DENIED"),
    "404": ApiFaultEffect(status=404, code="NOT_FOUND"),
    "409": ApiFaultEffect(status=409, code="CONFLICT"),
    "422": ApiFaultEffect(status=422, code="INVALID_PARAMETER"),
    "429": ApiFaultEffect(status=429, code="RATE_LIMITED"),
    "429 in seconds": ApiFaultEffect(status=429, code="RATE_LIMITED", headers=SOON),
    "429 until a date": ApiFaultEffect(status=429, code="RATE_LIMITED", headers=LATER),
    "500": ApiFaultEffect(status=500),
    "500 after the effect": ApiFaultEffect(status=500, effect=True),
    "502": ApiFaultEffect(status=502, code="PROVIDER_ERROR"),
    "502 html": ApiFaultEffect(status=502, body="html"),
    "503": ApiFaultEffect(status=503),
    "503 in seconds": ApiFaultEffect(status=503, headers=SOON),
    "503 until a date": ApiFaultEffect(status=503, headers=LATER),
    "503 html": ApiFaultEffect(status=503, body="html"),
    "html": ApiFaultEffect(status=200, body="html"),
    "html after the effect": ApiFaultEffect(status=200, body="html", effect=True),
    "truncated": ApiFaultEffect(body="truncated"),
    "truncated after the effect": ApiFaultEffect(body="truncated", effect=True),
    "huge": ApiFaultEffect(body="huge"),
    "huge after the effect": ApiFaultEffect(body="huge", effect=True),
    "wrong types": ApiFaultEffect(body="wrong-type"),
    "wrong types after the effect": ApiFaultEffect(body="wrong-type", effect=True),
    "cut before": ApiFaultEffect(cut="before"),
    "cut within": ApiFaultEffect(cut="middle"),
    "cut after": ApiFaultEffect(cut="after"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Ending:
    """How a job must end, and what it must have cost in US dollars."""

    state: JobState
    reason: Reason | None = None
    tasks: int = 1
    spent: Decimal = Decimal("0.04")


DELIVERED = Ending(JobState.DELIVERED)
CANCELLED = Ending(JobState.CANCELLED, spent=Decimal(0))
BAD_RESULT = Ending(JobState.FAILED, Reason.BAD_RESULT)
REFUSED = Ending(JobState.REFUSED, Reason.API, tasks=0, spent=Decimal(0))
OPERATOR = Ending(JobState.REFUSED, Reason.OPERATOR, tasks=0, spent=Decimal(0))
BALANCE = Ending(JobState.REFUSED, Reason.BALANCE, tasks=0, spent=Decimal(0))
NOT_ALLOWED = Ending(JobState.REFUSED, Reason.NOT_ALLOWED, tasks=0, spent=Decimal(0))
# It may have been charged: the reservation stays.
NEVER_FOUND = Ending(JobState.LOST, Reason.NEVER_FOUND, tasks=0, spent=Decimal("0.40"))


def add_fault(
    faults: ApiFaults, method: str, path: str, name: str, *, times: int | None = 1
) -> Fault[ApiFaultEffect]:
    """Let such calls get into the trouble of that name."""
    return faults.insert(method, path, TROUBLES[name], times=times)
