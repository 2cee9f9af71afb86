"""Form drafts: starts of forms that are stored until the form is sent, beside those of price questions.

A form itself holds a custom_id of 100 characters (Discord docs: Components Reference), and neither
discord.py nor Discord keep more. What can't be looked up from a job is stored here, so that a form
works after a restart too.
"""

import logging
import random
from collections.abc import Callable
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.form_starts import FormStart
from bot.jobs.admission.input_checks import OfferedFile
from bot.jobs.admission.price_questions import DRAFT_LIFETIME
from bot.jobs.errors import FormExpired, NotYours
from db.job_inputs import NO_INPUTS, read_inputs, write_inputs
from db.records import LARGEST_ID, Draft, JobKind, OptionValue
from db.repositories.drafts import Drafts

log = logging.getLogger(__name__)

_ID_BITS = 62
_WORK = "a form"


class StoredForm(BaseModel):
    """The start of a form as it is stored; an error must not repeat its prompt."""

    model_config = ConfigDict(hide_input_in_errors=True)

    draft_of: Literal["form"] = "form"
    kind: JobKind
    prompt: str
    model: str | None
    options: dict[str, OptionValue]
    options_text: str | None
    inputs: str = NO_INPUTS
    files: tuple[OfferedFile, ...] = ()
    private: bool
    spoiler: bool = False
    retry_of: int | None
    again_of: int | None = None
    is_new: bool

    @classmethod
    def of(cls, start: FormStart) -> Self:
        """Return *start* as it is stored."""
        return cls(
            kind=start.kind,
            prompt=start.prompt,
            model=start.model,
            options=dict(start.options),
            options_text=start.options_text,
            inputs=write_inputs(start.inputs),
            files=start.files,
            private=start.private,
            spoiler=start.spoiler,
            retry_of=start.retry_of,
            again_of=start.again_of,
            is_new=start.is_new,
        )

    def to_start(self) -> FormStart:
        """Return the start that was stored."""
        return FormStart(
            kind=self.kind,
            prompt=self.prompt,
            model=self.model,
            options=self.options,
            options_text=self.options_text,
            inputs=read_inputs(self.inputs),
            files=self.files,
            private=self.private,
            spoiler=self.spoiler,
            retry_of=self.retry_of,
            again_of=self.again_of,
            is_new=self.is_new,
        )


class FormDrafts:
    """Stored starts, each for the user who opened the form."""

    def __init__(
        self,
        drafts: Drafts,
        *,
        clock: Callable[[], float],
        randomness: random.Random,
        deadline: AnswerDeadline,
    ) -> None:
        self._drafts = drafts
        self._clock = clock
        self._randomness = randomness
        self._deadline = deadline

    async def add(
        self, start: FormStart, *, interaction_id: int, application_id: int, user_id: int
    ) -> int:
        """Store *start* for the user, and return the number by which it is found.

        Raises:
            AlreadyAccepted: Another process received the same interaction and answers it.
            DatabaseBusy: It could not be stored in time.
        """
        draft = Draft(
            id=self._randomness.getrandbits(_ID_BITS),
            interaction_id=interaction_id,
            interaction_token=None,
            application_id=application_id,
            user_id=user_id,
            created_at=self._clock(),
            request=StoredForm.of(start).model_dump(mode="json"),
        )
        await self._deadline.result_of(self._drafts.add_draft(draft), _WORK)
        return draft.id

    async def find(self, number: int, by: int) -> FormStart:
        """Return the start that was stored under *number*.

        Raises:
            FormExpired: There is none, or not any more; or it is no form's.
            NotYours: Another user opened the form.
            DatabaseBusy: The database did not answer in time.
        """
        if number > LARGEST_ID:
            raise FormExpired
        draft = await self._deadline.result_of(self._drafts.get_draft(number), _WORK)
        if draft is None or self._clock() - draft.created_at > DRAFT_LIFETIME:
            raise FormExpired
        if draft.user_id != by:
            raise NotYours
        try:
            return StoredForm.model_validate(draft.request).to_start()
        except (ValidationError, ValueError, TypeError, ArithmeticError) as error:
            log.warning("draft %d is no form's: %s", number, type(error).__name__)
            raise FormExpired from error
