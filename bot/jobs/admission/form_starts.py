"""Form starts: what a form holds when it is opened, and what it is about."""

import dataclasses
import enum
from collections import Counter
from collections.abc import Mapping
from typing import Final, Self

from bot.catalogue import Slot, Slots
from bot.jobs.admission.input_checks import OfferedFile
from db.job_inputs import Inputs
from db.records import Job, JobKind, OptionValue


class FormPurpose(enum.StrEnum):
    """Why a form is opened; the word is part of its custom_id, so it is never changed."""

    NEW = "new"  # its number is that of what is to be made
    EDIT = "edit"  # its number is the job's
    RETRY = "retry"  # the same: what comes of it counts as the one retry of the job
    USE = "use"  # the same, for any user
    DRAFT = "draft"  # its number is that of a stored start


@dataclasses.dataclass(frozen=True, slots=True)
class FormSource:
    """From what a form can be filled in again, also by a process that has never seen it."""

    purpose: FormPurpose
    number: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FormStart:
    """A form before it is changed: a request that need not be complete.

    Without a *source* the start is stored, because a form itself can hold little.
    """

    kind: JobKind
    prompt: str = ""
    model: str | None = None
    options: Mapping[str, OptionValue] = dataclasses.field(default_factory=dict)
    options_text: str | None = None  # as they were entered before, where that was refused
    inputs: Inputs = ()  # of the job that it began with, measured before
    files: tuple[OfferedFile, ...] = ()  # handed in, and not looked at yet
    private: bool = False
    spoiler: bool = False
    retry_of: int | None = None
    again_of: int | None = None  # the requester's own job with a result that it was opened from
    is_new: bool = False  # nothing was made before: length or size are chosen from a list
    source: FormSource | None = None

    @property
    def given(self) -> Slots:
        """How many files are in each slot."""
        slots = [*(Slot(it.slot) for it in self.inputs), *(it.slot for it in self.files)]
        return Counter(slots)

    @property
    def made_from(self) -> int | None:
        """The requester's own job whose request or result the form was opened from, if any."""
        return self.again_of if self.retry_of is None else self.retry_of

    @classmethod
    def of_job(cls, job: Job, source: FormSource) -> Self:
        """Return the form that holds what *job* was asked for, to any user but for its files."""
        is_own = source.purpose is not FormPurpose.USE
        return cls(
            kind=job.kind,
            prompt=job.prompt,
            model=job.model,
            options=job.options,
            inputs=job.handed_in if is_own else (),
            private=job.private,
            spoiler=job.spoiler,
            retry_of=job.id if source.purpose is FormPurpose.RETRY else None,
            again_of=job.id if source.purpose is FormPurpose.EDIT else None,
            source=source,
        )


def _new(number: int, kind: JobKind) -> FormStart:
    return FormStart(kind=kind, is_new=True, source=FormSource(FormPurpose.NEW, number))


# The empty forms, by what `/create` calls them. Their order is part of their custom_ids: a new one
# comes last.
NEW_FORMS: Final[Mapping[str, FormStart]] = {
    **{
        kind: _new(number, JobKind(kind))
        for number, kind in enumerate(("video", "image", "speech"))
    },
    "dialogue": dataclasses.replace(_new(3, JobKind.SPEECH), options={"dialogue": True}),
}
