"""Error texts: each error as one sentence for the user, with the next step. Pure."""

import functools

from bot.catalogue import (
    PromptEmpty,
)
from bot.discord.cards.card_fields import timestamp
from bot.discord.cards.money import amount_left, at_most
from bot.discord.interactions.errors import (
    ChoiceGone,
    DiscordBusy,
    NoMediaThere,
    NotAMember,
    NotHere,
    NothingToCancel,
    NotInDirectMessages,
    NotMadeHere,
    NotManagingServer,
    NotRemovable,
    NotTheOperator,
    NotYoursToCancel,
    NotYoursToDelete,
    NotYoursToRepeat,
    PermissionsMissing,
    StillRunning,
    TriedAgain,
    UsageTooLong,
)
from bot.discord.interactions.input_error_texts import INPUT_SENTENCES
from bot.discord.interactions.permissions import permission_name
from bot.discord.interactions.request_error_texts import REQUEST_SENTENCES
from bot.jobs.errors import (
    AlreadyEnded,
    ApiAway,
    BalanceTooLow,
    DatabaseBusy,
    FormExpired,
    ModelAway,
    ModelNotAllowed,
    NoResult,
    NotCancellable,
    NothingOffered,
    NotRepeatable,
    NotRetryable,
    NotYours,
    OperatorNeeded,
    UnknownDraft,
    UnknownJob,
)
from bot.locales.answer_texts import (
    ALREADY_ENDED,
    ALREADY_RETRIED,
    ALREADY_RETRIED_SOMEWHERE,
    API_REFUSES_KEY,
    API_UNREACHABLE,
    BALANCE_TOO_LOW,
    BUDGET_SPENT,
    DATABASE_BUSY,
    DELETE_REFUSED,
    DIRECT_MESSAGES_NOT_ALLOWED,
    DISCORD_BUSY,
    FINISHED,
    FORM_EXPIRED,
    JOB_UNKNOWN,
    LINK_UNAVAILABLE,
    MISSING_PERMISSIONS,
    MODEL_AWAY,
    MODEL_NOT_ALLOWED,
    NOT_A_MEMBER,
    NOT_REPEATABLE,
    NOT_RETRYABLE,
    NOT_YOUR_JOB,
    NOT_YOURS_TO_CANCEL,
    NOT_YOURS_TO_DELETE,
    NOT_YOURS_TO_REPEAT,
    NOTHING_OFFERED,
    NOTHING_TO_CANCEL,
    PRICE_QUESTION_ANSWERED,
    PRICE_QUESTION_EXPIRED,
    PROMPT_EMPTY,
    RESULT_GONE,
    SERVER_NOT_ALLOWED,
    STILL_RUNNING,
    TOO_MANY_RUNNING,
    UNEXPECTED,
    USER_BUDGET_SPENT,
)
from bot.locales.card_texts import CANCEL_REFUSED
from bot.locales.menu_texts import (
    CHOICE_GONE,
    NO_MEDIA_THERE,
    NO_PICTURE_THERE,
    NOT_MADE_HERE,
)
from bot.locales.translate import Text, translate
from bot.locales.usage_texts import USAGE_NOT_MANAGING, USAGE_NOT_OPERATOR, USAGE_TOO_LONG
from db.errors import (
    AlreadyAccepted,
    AlreadyRetried,
    BudgetSpent,
    DraftUsed,
    HeldBack,
    TooManyRunning,
    UserBudgetSpent,
)
from db.records import JobState


def error_text(error: Exception, locale: str, error_id: str = "") -> str:
    """Return the sentence for a reader of *locale*; a class without one speaks like its base.

    *error_id* leads to the log from the sentence of what was not foreseen.
    """
    if not is_foreseen(error):
        return translate(UNEXPECTED, locale, id=error_id)
    return _sentence(error, locale)


@functools.singledispatch
def _sentence(error: Exception, _locale: str) -> str:
    """Return the sentence of a foreseen error; *error* is none."""
    raise TypeError(f"{type(error).__name__} has no sentence")


_FIXED: dict[type[Exception], Text] = {
    NotHere: SERVER_NOT_ALLOWED,
    NotInDirectMessages: DIRECT_MESSAGES_NOT_ALLOWED,
    NotAMember: NOT_A_MEMBER,
    DiscordBusy: DISCORD_BUSY,
    NotYoursToCancel: NOT_YOURS_TO_CANCEL,
    NotYoursToDelete: NOT_YOURS_TO_DELETE,
    NotYoursToRepeat: NOT_YOURS_TO_REPEAT,
    StillRunning: STILL_RUNNING,
    NotRemovable: DELETE_REFUSED,
    NothingToCancel: NOTHING_TO_CANCEL,
    NotMadeHere: NOT_MADE_HERE,
    NotManagingServer: USAGE_NOT_MANAGING,
    NotTheOperator: USAGE_NOT_OPERATOR,
    UsageTooLong: USAGE_TOO_LONG,
    ChoiceGone: CHOICE_GONE,
    PromptEmpty: PROMPT_EMPTY,
    NothingOffered: NOTHING_OFFERED,
    OperatorNeeded: API_REFUSES_KEY,
    ApiAway: API_UNREACHABLE,
    HeldBack: API_UNREACHABLE,
    DatabaseBusy: DATABASE_BUSY,
    NotCancellable: CANCEL_REFUSED,
    UnknownJob: JOB_UNKNOWN,
    FormExpired: FORM_EXPIRED,
    NotYours: NOT_YOUR_JOB,
    NotRepeatable: NOT_REPEATABLE,
    NotRetryable: NOT_RETRYABLE,
    AlreadyRetried: ALREADY_RETRIED_SOMEWHERE,
    DraftUsed: PRICE_QUESTION_EXPIRED,
    UnknownDraft: PRICE_QUESTION_EXPIRED,
    AlreadyAccepted: PRICE_QUESTION_ANSWERED,
}


def _register(kind: type[Exception], text: Text) -> None:
    _sentence.register(kind)(lambda _error, locale: translate(text, locale))


for _kind, _text in _FIXED.items():
    _register(_kind, _text)
for _kind, _function in {**REQUEST_SENTENCES, **INPUT_SENTENCES}.items():
    _sentence.register(_kind)(_function)


def is_foreseen(error: Exception) -> bool:
    """Whether *error* or a base of it has a sentence, so that it is not the operator's."""
    return _sentence.dispatch(type(error)) is not _sentence.dispatch(object)


@_sentence.register
def _(error: PermissionsMissing, locale: str) -> str:
    names = [permission_name(flag, locale) for flag in error.flags]
    return translate(MISSING_PERMISSIONS, locale, permissions=", ".join(names))


@_sentence.register
def _(error: NoMediaThere, locale: str) -> str:
    return translate(NO_PICTURE_THERE if error.is_picture_wanted else NO_MEDIA_THERE, locale)


@_sentence.register
def _(error: TooManyRunning, locale: str) -> str:
    return translate(TOO_MANY_RUNNING, locale, limit=error.limit)


@_sentence.register
def _(error: BudgetSpent, locale: str) -> str:
    return _budget_text(BUDGET_SPENT, error, locale)


@_sentence.register
def _(error: UserBudgetSpent, locale: str) -> str:
    return _budget_text(USER_BUDGET_SPENT, error, locale)


def _budget_text(text: Text, error: BudgetSpent | UserBudgetSpent, locale: str) -> str:
    return translate(
        text,
        locale,
        left=amount_left(error.left, locale),
        price=at_most(error.price, locale),
        reset=str(timestamp(error.resets_at)),
    )


@_sentence.register
def _(error: TriedAgain, locale: str) -> str:
    if not error.address:
        return translate(ALREADY_RETRIED_SOMEWHERE, locale)
    return translate(ALREADY_RETRIED, locale, address=error.address)


@_sentence.register
def _(error: BalanceTooLow, locale: str) -> str:
    return translate(BALANCE_TOO_LOW, locale, price=at_most(error.price, locale))


@_sentence.register
def _(error: ModelNotAllowed, locale: str) -> str:
    return translate(MODEL_NOT_ALLOWED, locale, model=error.model_label)


@_sentence.register
def _(error: ModelAway, locale: str) -> str:
    return translate(MODEL_AWAY, locale, model=error.model_label)


@_sentence.register
def _(error: AlreadyEnded, locale: str) -> str:
    delivering = error.job.state is JobState.DELIVERING
    return translate(FINISHED if delivering else ALREADY_ENDED, locale)


@_sentence.register
def _(error: NoResult, locale: str) -> str:
    return translate(RESULT_GONE if error.for_good else LINK_UNAVAILABLE, locale)
