"""Error texts: each error as one sentence for the user, with the next step. Pure."""

import functools
from collections.abc import Sequence

from bot.catalogue import (
    AdultOption,
    InvalidOption,
    PricedModel,
    PromptEmpty,
    PromptTooLong,
    TextTooLong,
    UnknownOption,
)
from bot.discord.cards.card_fields import option_label, timestamp, value_range
from bot.discord.cards.markdown import quote_code, quote_prompt
from bot.discord.cards.money import amount_left, at_most, price_range
from bot.discord.interactions.errors import (
    DiscordBusy,
    NotAMember,
    NotHere,
    NothingToCancel,
    NotInDirectMessages,
    NotYoursToCancel,
    OptionsUnreadable,
    PermissionsMissing,
    TriedAgain,
)
from bot.discord.interactions.permissions import permission_name
from bot.jobs.errors import (
    AdultSwitchedOff,
    AlreadyEnded,
    ApiAway,
    BalanceTooLow,
    DatabaseBusy,
    ModelAway,
    ModelNotAllowed,
    NoResult,
    NotCancellable,
    NothingOffered,
    NotRetryable,
    NotYours,
    OperatorNeeded,
    UnknownDraft,
    UnknownJob,
    UnknownModel,
)
from bot.locales.answer_texts import (
    ADULT_NOT_HERE,
    ADULT_SWITCHED_OFF,
    ALREADY_ENDED,
    ALREADY_RETRIED,
    ALREADY_RETRIED_SOMEWHERE,
    API_REFUSES_KEY,
    API_UNREACHABLE,
    BALANCE_TOO_LOW,
    BUDGET_SPENT,
    CONFIRM_ANSWERED,
    CONFIRM_EXPIRED,
    DATABASE_BUSY,
    DIRECT_MESSAGES_NOT_ALLOWED,
    DISCORD_BUSY,
    DURATION_NOT_TAKEN,
    FINISHED,
    JOB_UNKNOWN,
    LINK_UNAVAILABLE,
    MISSING_PERMISSIONS,
    MODEL_AWAY,
    MODEL_MEANT,
    MODEL_NOT_ALLOWED,
    MODEL_OF_ANOTHER_KIND,
    MODEL_OFFERED,
    MODEL_UNKNOWN,
    MODELS_EITHER,
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
    PROMPT_TAKEN_BY,
    PROMPT_TAKEN_BY_NONE,
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
from bot.locales.command_mentions import known_commands
from bot.locales.translate import Text, translate
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

_VALUE_LENGTH = 100
_MOST_MODELS = 10
_DURATION = "duration"


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
    NothingToCancel: NOTHING_TO_CANCEL,
    PromptEmpty: PROMPT_EMPTY,
    NothingOffered: NOTHING_OFFERED,
    OperatorNeeded: API_REFUSES_KEY,
    ApiAway: API_UNREACHABLE,
    HeldBack: API_UNREACHABLE,
    DatabaseBusy: DATABASE_BUSY,
    NotCancellable: CANCEL_REFUSED,
    UnknownJob: JOB_UNKNOWN,
    NotYours: NOT_YOUR_JOB,
    NotRetryable: NOT_RETRYABLE,
    AlreadyRetried: ALREADY_RETRIED_SOMEWHERE,
    DraftUsed: CONFIRM_EXPIRED,
    UnknownDraft: CONFIRM_EXPIRED,
    AlreadyAccepted: CONFIRM_ANSWERED,
}


def _register(kind: type[Exception], text: Text) -> None:
    _sentence.register(kind)(lambda _error, locale: translate(text, locale))


for _kind, _text in _FIXED.items():
    _register(_kind, _text)


def is_foreseen(error: Exception) -> bool:
    """Whether *error* or a base of it has a sentence, so that it is not the operator's."""
    return _sentence.dispatch(type(error)) is not _sentence.dispatch(object)


@_sentence.register
def _(error: PermissionsMissing, locale: str) -> str:
    names = [permission_name(flag, locale) for flag in error.flags]
    return translate(MISSING_PERMISSIONS, locale, permissions=", ".join(names))


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
def _(error: UnknownModel, locale: str) -> str:
    typed = quote_prompt(error.name, _VALUE_LENGTH)
    if error.similar:
        return translate(MODEL_MEANT, locale, model=typed, models=_either(error.similar, locale))
    if error.elsewhere is not None:
        command = known_commands.mention(error.elsewhere.kind)
        label = error.elsewhere.label
        return translate(MODEL_OF_ANOTHER_KIND, locale, model=label, command=command)
    return translate(MODEL_UNKNOWN, locale, model=typed)


def _either(models: Sequence[PricedModel], locale: str) -> str:
    """Return "**A** ($1), **B** ($2) or **C** ($3)"."""
    named = [
        translate(
            MODEL_OFFERED,
            locale,
            model=model.label,
            price=price_range(model.price.low, model.price.high, locale),
        )
        for model in models
    ]
    if len(named) == 1:
        return named[0]
    return translate(MODELS_EITHER, locale, some=", ".join(named[:-1]), last=named[-1])


@_sentence.register
def _(error: AlreadyEnded, locale: str) -> str:
    delivering = error.job.state is JobState.DELIVERING
    return translate(FINISHED if delivering else ALREADY_ENDED, locale)


@_sentence.register
def _(error: NoResult, locale: str) -> str:
    return translate(RESULT_GONE if error.for_good else LINK_UNAVAILABLE, locale)


@_sentence.register
def _(error: PromptTooLong, locale: str) -> str:
    said = translate(
        PROMPT_TOO_LONG,
        locale,
        model=error.model_label,
        length=f"{error.length:,}",
        limit=f"{error.limit:,}",
    )
    labels = ", ".join(f"**{label}**" for label in error.taken_by[:_MOST_MODELS])
    way_out = (
        translate(PROMPT_TAKEN_BY, locale, models=labels)
        if labels
        else translate(PROMPT_TAKEN_BY_NONE, locale)
    )
    return f"{said} {way_out}"


@_sentence.register
def _(error: UnknownOption, locale: str) -> str:
    template = OPTION_NOT_TAKEN if error.takes else OPTION_NONE_TAKEN
    return translate(
        template,
        locale,
        model=error.model_label,
        option=_typed(error.option),
        options=", ".join(f"`{name}`" for name in error.takes),
    )


@_sentence.register
def _(error: InvalidOption, locale: str) -> str:
    text = DURATION_NOT_TAKEN if error.option == _DURATION else VALUE_NOT_TAKEN
    return translate(
        text,
        locale,
        model=error.model_label,
        value=_typed(error.value),
        option=option_label(error.option, locale),
        values=", ".join(map(value_range, error.allowed)),
    )


def _typed(text: str) -> str:
    """Return what was typed in code marks, also where nothing of it can be seen."""
    return quote_code(text, _VALUE_LENGTH) or "` `"


@_sentence.register
def _(error: TextTooLong, locale: str) -> str:
    return translate(
        TEXT_NOT_TAKEN,
        locale,
        model=error.model_label,
        limit=error.limit,
        option=option_label(error.option, locale),
        length=error.length,
    )


@_sentence.register
def _(error: OptionsUnreadable, locale: str) -> str:
    return translate(OPTIONS_UNREADABLE, locale, part=_typed(error.part))


@_sentence.register
def _(error: AdultOption, locale: str) -> str:
    return _adult_text(ADULT_NOT_HERE, error, locale)


@_sentence.register
def _(error: AdultSwitchedOff, locale: str) -> str:
    return _adult_text(ADULT_SWITCHED_OFF, error, locale)


def _adult_text(text: Text, error: AdultOption | AdultSwitchedOff, locale: str) -> str:
    return translate(text, locale, value=error.value, option=option_label(error.option, locale))
