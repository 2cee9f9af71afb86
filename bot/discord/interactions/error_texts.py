"""Error texts: each error as one sentence for the user, with the next step. Pure."""

import functools

from bot.catalogue import (
    AdultOption,
    InvalidOption,
    PromptEmpty,
    PromptTooLong,
    TextTooLong,
    UnknownOption,
)
from bot.discord.cards.markdown import quote_prompt
from bot.discord.cards.money import money
from bot.discord.interactions.errors import (
    ChoiceNeeded,
    NotHere,
    NothingToCancel,
    NotInDirectMessages,
    NotYoursToCancel,
    OptionsUnreadable,
    PermissionsMissing,
)
from bot.jobs.errors import (
    AdultSwitchedOff,
    AlreadyEnded,
    ApiAway,
    DatabaseBusy,
    NoResult,
    NotCancellable,
    NothingOffered,
    NotRetryable,
    NotYours,
    OperatorNeeded,
    UnknownJob,
    UnknownModel,
)
from bot.locales.answers import (
    ADULT_NOT_HERE,
    ADULT_SWITCHED_OFF,
    ALREADY_ENDED,
    ALREADY_RETRIED,
    API_REFUSES_KEY,
    API_UNREACHABLE,
    BUDGET_SPENT,
    CHOOSE_ONE,
    CONFIRM_ANSWERED,
    CONFIRM_EXPIRED,
    DATABASE_BUSY,
    DIRECT_MESSAGES_NOT_ALLOWED,
    FINISHED,
    JOB_UNKNOWN,
    LINK_UNAVAILABLE,
    MISSING_PERMISSIONS,
    MODEL_UNKNOWN,
    NOT_RETRYABLE,
    NOT_YOUR_JOB,
    NOT_YOURS_TO_CANCEL,
    NOTHING_OFFERED,
    NOTHING_TO_CANCEL,
    OPTION_NONE_TAKEN,
    OPTION_NOT_TAKEN,
    OPTIONS_UNREADABLE,
    PROMPT_EMPTY,
    PROMPT_TOO_LONG,
    RESULT_GONE,
    SERVER_NOT_ALLOWED,
    TEXT_NOT_TAKEN,
    TOO_MANY_RUNNING,
    UNEXPECTED,
    USER_BUDGET_SPENT,
    VALUE_NOT_TAKEN,
)
from bot.locales.cards import CANCEL_REFUSED
from db.errors import (
    AlreadyAccepted,
    AlreadyRetried,
    BudgetSpent,
    DraftUsed,
    TooManyRunning,
    UserBudgetSpent,
)
from db.records import JobState

_VALUE_LENGTH = 100


@functools.singledispatch
def error_text(_error: Exception) -> str:
    """Return the sentence for the user; a class without one of its own speaks like its base."""
    return UNEXPECTED


_FIXED: dict[type[Exception], str] = {
    NotHere: SERVER_NOT_ALLOWED,
    NotInDirectMessages: DIRECT_MESSAGES_NOT_ALLOWED,
    NotYoursToCancel: NOT_YOURS_TO_CANCEL,
    NothingToCancel: NOTHING_TO_CANCEL,
    PromptEmpty: PROMPT_EMPTY,
    NothingOffered: NOTHING_OFFERED,
    OperatorNeeded: API_REFUSES_KEY,
    ApiAway: API_UNREACHABLE,
    DatabaseBusy: DATABASE_BUSY,
    NotCancellable: CANCEL_REFUSED,
    ChoiceNeeded: CHOOSE_ONE,
    UnknownJob: JOB_UNKNOWN,
    NotYours: NOT_YOUR_JOB,
    NotRetryable: NOT_RETRYABLE,
    AlreadyRetried: ALREADY_RETRIED,
    DraftUsed: CONFIRM_EXPIRED,
    AlreadyAccepted: CONFIRM_ANSWERED,
}


def _register(kind: type[Exception], text: str) -> None:
    error_text.register(kind)(lambda _error: text)


for _kind, _text in _FIXED.items():
    _register(_kind, _text)


def is_foreseen(error: Exception) -> bool:
    """Whether *error* or a base of it has a sentence, so that it is not the operator's."""
    return error_text.dispatch(type(error)) is not error_text.dispatch(object)


@error_text.register
def _(error: PermissionsMissing) -> str:
    return MISSING_PERMISSIONS.format(permissions=", ".join(error.names))


@error_text.register
def _(error: TooManyRunning) -> str:
    return TOO_MANY_RUNNING.format(limit=error.limit)


@error_text.register
def _(error: BudgetSpent) -> str:
    return BUDGET_SPENT.format(left=money(error.left))


@error_text.register
def _(error: UserBudgetSpent) -> str:
    return USER_BUDGET_SPENT.format(left=money(error.left))


@error_text.register
def _(error: UnknownModel) -> str:
    return MODEL_UNKNOWN.format(model=quote_prompt(error.name, _VALUE_LENGTH))


@error_text.register
def _(error: AlreadyEnded) -> str:
    delivering = error.job.state is JobState.DELIVERING
    return FINISHED if delivering else ALREADY_ENDED


@error_text.register
def _(error: NoResult) -> str:
    return RESULT_GONE if error.for_good else LINK_UNAVAILABLE


@error_text.register
def _(error: PromptTooLong) -> str:
    return PROMPT_TOO_LONG.format(length=error.length, limit=error.limit)


@error_text.register
def _(error: UnknownOption) -> str:
    template = OPTION_NOT_TAKEN if error.takes else OPTION_NONE_TAKEN
    return template.format(
        model=error.model_label,
        option=quote_prompt(error.option, _VALUE_LENGTH),
        options=", ".join(error.takes),
    )


@error_text.register
def _(error: InvalidOption) -> str:
    return VALUE_NOT_TAKEN.format(
        model=error.model_label,
        value=quote_prompt(error.value, _VALUE_LENGTH),
        option=error.option,
        values=", ".join(error.allowed),
    )


@error_text.register
def _(error: TextTooLong) -> str:
    return TEXT_NOT_TAKEN.format(
        model=error.model_label, limit=error.limit, option=error.option, length=error.length
    )


@error_text.register
def _(error: OptionsUnreadable) -> str:
    return OPTIONS_UNREADABLE.format(part=quote_prompt(error.part, _VALUE_LENGTH))


@error_text.register
def _(error: AdultOption) -> str:
    return ADULT_NOT_HERE.format(value=error.value, option=error.option)


@error_text.register
def _(error: AdultSwitchedOff) -> str:
    return ADULT_SWITCHED_OFF.format(value=error.value, option=error.option)
