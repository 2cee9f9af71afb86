"""The ways in which the sandbox API can fail, as a table that tests fill."""

import dataclasses
from collections.abc import Mapping
from typing import Literal, TypedDict, Unpack

from sandbox.fault_table import Fault, FaultTable
from sandbox.modelhunter.list_faults import ListFault

Cut = Literal["before", "middle", "after"]
Body = Literal["html", "truncated", "huge", "wrong-type"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ApiFaultEffect:
    """What a fault does to one call.

    Without a status or a body the genuine answer is given (late, or with more headers). With one
    of them the call is not carried out, unless *effect* is set.
    """

    status: int | None = None
    code: str = "INTERNAL_ERROR"  # of the envelope that comes with the status
    message: str = "Something went wrong"
    # Instead of an envelope; "{task_id}" in bytes becomes the last part of the call's path.
    body: Body | bytes | None = None
    content_type: str = "application/json"  # of a body in bytes
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    delay: float = 0.0  # seconds between carrying out the call and answering it
    cut: Cut | None = None  # connection lost before the call, amid its answer, or instead of it
    effect: bool = False  # carry the call out although the answer is a failure
    listing: ListFault | None = None  # a page of the task list that is not what it should be

    @property
    def reaches_the_api(self) -> bool:
        """Whether the call is carried out."""
        if self.cut is not None:
            return self.cut != "before"
        return self.effect or (self.status is None and self.body is None)


class ApiFaultOptions(TypedDict, total=False):
    """The fields of `ApiFaultEffect`, as keywords."""

    status: int | None
    code: str
    message: str
    body: Body | bytes | None
    content_type: str
    headers: Mapping[str, str]
    delay: float
    cut: Cut | None
    effect: bool
    listing: ListFault | None


class ApiFaults(FaultTable[ApiFaultEffect]):
    """The faults of one sandbox API."""

    def add(
        self,
        method: str,
        path: str,
        *,
        times: int | None = 1,
        skip: int = 0,
        **options: Unpack[ApiFaultOptions],
    ) -> Fault[ApiFaultEffect]:
        """Make *times* calls that match fail (None: all), after the first *skip* of them.

        The path is what follows `/api/v1` (`/tasks/*`, `/*/text-to-video`, `/balance`); results are
        `/results/*`, files `/uploads/*` (the PUT) and `/files/*`. The other options are the fields of `ApiFaultEffect`.
        """
        return self.insert(method, path, ApiFaultEffect(**options), times=times, skip=skip)
