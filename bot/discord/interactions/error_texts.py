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
from bot.discord.cards.money import amount_left
from bot.discord.interactions.errors import (
    ChoiceNeeded,
    MembershipUnknown,
    NotAMember,
    NotHere,
    NothingToCancel,
    NotInDirectMessages,
    NotYoursToCancel,
    OptionsUnreadable,
    PermissionsMissing,
)
from bot.discord.interactions.permissions import permission_name
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
from bot.locales.answer_texts import (
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
    DISCORD_BUSY,
    FINISHED,
    JOB_UNKNOWN,
    LINK_UNAVAILABLE,
    MISSING_PERMISSIONS,
    MODEL_UNKNOWN,
    NOT_A_MEMBER,
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
from bot.locales.card_texts import CANCEL_REFUSED
from bot.locales.translate import Text, translate
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
def error_text(_error: Exception, locale: str) -> str:
    """Return the sentence for a reader of *locale*; a class without one speaks like its base."""
    return translate(UNEXPECTED, locale)


_FIXED: dict[type[Exception], Text] = {
    NotHere: SERVER_NOT_ALLOWED,
    NotInDirectMessages: DIRECT_MESSAGES_NOT_ALLOWED,
    NotAMember: NOT_A_MEMBER,
    MembershipUnknown: DISCORD_BUSY,
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


def _register(kind: type[Exception], text: Text) -> None:
    error_text.register(kind)(lambda _error, locale: translate(text, locale))


for _kind, _text in _FIXED.items():
    _register(_kind, _text)


def is_foreseen(error: Exception) -> bool:
    """Whether *error* or a base of it has a sentence, so that it is not the operator's."""
    return error_text.dispatch(type(error)) is not error_text.dispatch(object)


@error_text.register
def _(error: PermissionsMissing, locale: str) -> str:
    names = [permission_name(flag, locale) for flag in error.flags]
    return translate(MISSING_PERMISSIONS, locale, permissions=", ".join(names))


@error_text.register
def _(error: TooManyRunning, locale: str) -> str:
    return translate(TOO_MANY_RUNNING, locale, limit=error.limit)


@error_text.register
def _(error: BudgetSpent, locale: str) -> str:
    return translate(BUDGET_SPENT, locale, left=amount_left(error.left, locale))


@error_text.register
def _(error: UserBudgetSpent, locale: str) -> str:
    return translate(USER_BUDGET_SPENT, locale, left=amount_left(error.left, locale))


@error_text.register
def _(error: UnknownModel, locale: str) -> str:
    return translate(MODEL_UNKNOWN, locale, model=quote_prompt(error.name, _VALUE_LENGTH))


@error_text.register
def _(error: AlreadyEnded, locale: str) -> str:
    delivering = error.job.state is JobState.DELIVERING
    return translate(FINISHED if delivering else ALREADY_ENDED, locale)


@error_text.register
def _(error: NoResult, locale: str) -> str:
    return translate(RESULT_GONE if error.for_good else LINK_UNAVAILABLE, locale)


@error_text.register
def _(error: PromptTooLong, locale: str) -> str:
    return translate(PROMPT_TOO_LONG, locale, length=error.length, limit=error.limit)


@error_text.register
def _(error: UnknownOption, locale: str) -> str:
    template = OPTION_NOT_TAKEN if error.takes else OPTION_NONE_TAKEN
    return translate(
        template,
        locale,
        model=error.model_label,
        option=quote_prompt(error.option, _VALUE_LENGTH),
        options=", ".join(error.takes),
    )


@error_text.register
def _(error: InvalidOption, locale: str) -> str:
    return translate(
        VALUE_NOT_TAKEN,
        locale,
        model=error.model_label,
        value=quote_prompt(error.value, _VALUE_LENGTH),
        option=error.option,
        values=", ".join(error.allowed),
    )


@error_text.register
def _(error: TextTooLong, locale: str) -> str:
    return translate(
        TEXT_NOT_TAKEN,
        locale,
        model=error.model_label,
        limit=error.limit,
        option=error.option,
        length=error.length,
    )


@error_text.register
def _(error: OptionsUnreadable, locale: str) -> str:
    return translate(OPTIONS_UNREADABLE, locale, part=quote_prompt(error.part, _VALUE_LENGTH))


@error_text.register
def _(error: AdultOption, locale: str) -> str:
    return translate(ADULT_NOT_HERE, locale, value=error.value, option=error.option)


@error_text.register
def _(error: AdultSwitchedOff, locale: str) -> str:
    return translate(ADULT_SWITCHED_OFF, locale, value=error.value, option=error.option)
