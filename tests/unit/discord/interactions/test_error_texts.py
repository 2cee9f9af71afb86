"""Every refusal has its sentence, with its numbers and the next step."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from bot.catalogue import (
    AdultOption,
    BrokenLimit,
    InputMissing,
    InputNotTaken,
    InputOutside,
    InvalidOption,
    InvalidRequest,
    Kind,
    Limit,
    PricedModel,
    PriceRange,
    PromptEmpty,
    PromptTooLong,
    Slot,
    TextTooLong,
    TooManyInputs,
    TooManyLines,
    UnknownOption,
)
from bot.discord.interactions.error_texts import is_foreseen
from bot.discord.interactions.errors import (
    ChoiceGone,
    DiscordBusy,
    InteractionDenied,
    MembershipUnknown,
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
    OptionsUnreadable,
    PermissionsMissing,
    StillRunning,
    TriedAgain,
    UsageTooLong,
)
from bot.jobs.errors import (
    AdultSwitchedOff,
    AlreadyEnded,
    ApiAway,
    BalanceTooLow,
    DatabaseBusy,
    FormExpired,
    InputGone,
    InputMadeForAnother,
    InputOfParts,
    InputsBusy,
    InputTooManyPixels,
    InputUnreachable,
    InputUnreadable,
    InputWrongMedium,
    ModelAway,
    ModelNotAllowed,
    NoResult,
    NotCancellable,
    NothingOffered,
    NothingTakesFiles,
    NotRepeatable,
    NotRetryable,
    NotYours,
    OperatorNeeded,
    RequestDenied,
    UnknownDraft,
    UnknownJob,
    UnknownModel,
)
from bot.locales.answer_texts import ALREADY_ENDED, FINISHED
from db.errors import (
    AlreadyAccepted,
    AlreadyRetried,
    BudgetSpent,
    DraftUsed,
    HeldBack,
    NotAccepted,
    TooManyRunning,
    UserBudgetSpent,
)
from db.records import JobState
from tests.unit.discord.interactions.english_texts import english, filled
from tests.unit.jobs.builders import a_job

MIDNIGHT = 1_800_000_000.0
SIMILAR = (
    PricedModel(Kind.VIDEO, "Veo 3.1 Fast", PriceRange(Decimal("1.2"), Decimal("1.2"))),
    PricedModel(Kind.VIDEO, "Veo 3.1", PriceRange(Decimal("3.2"), Decimal("3.2"))),
)
EXAMPLES: list[Exception] = [
    AdultOption(option="mode", value="spicy"),
    AdultSwitchedOff(AdultOption(option="mode", value="spicy")),
    AlreadyAccepted(),
    AlreadyEnded(a_job(JobState.DELIVERED)),
    AlreadyRetried(),
    ApiAway(),
    BalanceTooLow(Decimal("3.20")),
    ModelAway("Vidu"),
    ModelNotAllowed("Vidu"),
    BudgetSpent(Decimal("0.5"), price=Decimal("3.2"), resets_at=MIDNIGHT),
    UserBudgetSpent(Decimal("0.5"), price=Decimal("3.2"), resets_at=MIDNIGHT),
    DatabaseBusy(),
    DraftUsed(),
    HeldBack(),
    NothingTakesFiles((Slot.LAST_IMAGE,)),
    InputMissing(needs=(Slot.IMAGE,), model_label="Veo"),
    InputMissing(needs=(Slot.IMAGE, Slot.REFERENCE), model_label="Veo"),
    InputNotTaken(slot=Slot.IMAGE, takes=(), model_label="Veo"),
    InputNotTaken(slot=Slot.IMAGE, takes=(Slot.REFERENCE,), model_label="Veo"),
    InputNotTaken(slot=Slot.IMAGE, takes=(Slot.IMAGE, Slot.REFERENCE), model_label="Veo"),
    *(
        InputOutside(
            slot=Slot.IMAGE,
            broken=BrokenLimit(limit=limit, allowed=("1", "2"), value="3"),
            model_label="Veo",
        )
        for limit in Limit
    ),
    InputGone(Slot.IMAGE),
    InputOfParts(Slot.IMAGE, "image/heic"),
    InputMadeForAnother(Slot.IMAGE, "Veo 3.1"),
    InputTooManyPixels(Slot.IMAGE, width=30_000, height=30_000, most=40_000_000, longest=8192),
    InputUnreachable(Slot.IMAGE),
    InputUnreadable(Slot.IMAGE),
    *(InputWrongMedium(slot, "Veo") for slot in Slot),
    InputsBusy(Slot.IMAGE),
    TooManyInputs(slot=Slot.REFERENCE, limit=4, count=5, model_label="Veo"),
    TooManyLines(limit=1, count=2, model_label="Veo"),
    TooManyLines(limit=10, count=11, model_label="Veo"),
    InvalidOption(option="seed", value="x", allowed=("1-9",), model_label="Vidu"),
    NoResult(for_good=True),
    DiscordBusy(),
    NoMediaThere(is_picture_wanted=True),
    NoMediaThere(is_picture_wanted=False),
    NotMadeHere(),
    NotManagingServer(),
    NotTheOperator(),
    UsageTooLong(),
    ChoiceGone(),
    MembershipUnknown(),
    NoResult(for_good=False),
    NotAMember(),
    NotCancellable(),
    NotHere(),
    NotInDirectMessages(),
    NotRemovable(),
    NotRepeatable(),
    NotRetryable(),
    NotYours(),
    NotYoursToCancel(),
    NotYoursToDelete(),
    NotYoursToRepeat(),
    StillRunning(),
    NothingOffered(),
    NothingToCancel(),
    OperatorNeeded(),
    OptionsUnreadable("oops"),
    PermissionsMissing(["attach_files", "embed_links"]),
    PromptEmpty(),
    PromptTooLong(limit=10, length=11, model_label="Vidu"),
    PromptTooLong(limit=10, length=11, model_label="Vidu", taken_by=("Kling",)),
    TextTooLong(option="watermark", limit=100, length=101, model_label="Veo"),
    TooManyRunning(2, 2),
    UnknownDraft(),
    FormExpired(),
    UnknownJob(),
    TriedAgain("https://discord.com/channels/1/2/3"),
    TriedAgain(""),
    UnknownModel("midjourney"),
    UnknownModel("veo", SIMILAR),
    UnknownModel("veo 3.1", (), SIMILAR[0]),
    UnknownOption(option="colour", takes=("seed",), model_label="Vidu"),
    UnknownOption(option="colour", takes=(), model_label="Vidu"),
]


def leaves(kind: type[Exception]) -> Iterator[type[Exception]]:
    """Yield the classes below *kind* that are raised: those below which there is nothing."""
    below = kind.__subclasses__()
    if not below:
        yield kind
    for each in below:
        yield from leaves(each)


def all_refusals() -> set[type[Exception]]:
    """Return every refusal there is: of the service, the database, the catalogue and the chat."""
    roots = (RequestDenied, NotAccepted, InvalidRequest, InteractionDenied)
    return {NotHere, DiscordBusy, *(leaf for root in roots for leaf in leaves(root))}


def test_every_error_has_a_text() -> None:
    """Each class that is raised has an example in this file, and words of its own."""
    assert {type(example) for example in EXAMPLES} == all_refusals()
    for example in EXAMPLES:
        assert is_foreseen(example)
        assert "in the log" not in english(example)
        assert "{" not in english(example)


def test_an_error_of_a_new_class_speaks_like_its_base() -> None:
    """A class without a sentence of its own has that of the nearest base that has one."""

    class Elsewhere(NotInDirectMessages):
        pass

    class FewerRunning(TooManyRunning):
        pass

    assert english(Elsewhere()) == english(NotInDirectMessages())
    assert english(FewerRunning(2, 1)) == english(TooManyRunning(2, 1))
    assert is_foreseen(Elsewhere())


def test_an_error_text_holds_its_numbers() -> None:
    """A sentence holds what the requester needs to go on."""
    assert "**2** running" in english(TooManyRunning(2, 2))
    for spent in (BudgetSpent, UserBudgetSpent):
        said = english(spent(Decimal("0.5"), price=Decimal("3.2"), resets_at=MIDNIGHT))
        assert "**$0.50** left" in said
        assert "may cost **$3.20**" in said
        assert "<t:1800000000:R>" in said
    assert "Attach Files, Embed Links" in english(
        PermissionsMissing(["attach_files", "embed_links"])
    )
    assert "1\u20139" in english(
        InvalidOption(option="a", value="x", allowed=("1-9",), model_label="V")
    )
    assert english(NoResult(for_good=True)) != english(NoResult(for_good=False))


def test_an_unreadable_option_mentions_quotes() -> None:
    """Several words without quotes lead to a sentence that mentions quotes."""
    assert "quotes" in english(OptionsUnreadable("low"))


def test_cancelling_during_delivery_is_not_called_ended() -> None:
    """A cancel while the result is fetched is not answered as if the job had ended."""
    assert english(AlreadyEnded(a_job(JobState.DELIVERING))) == filled(FINISHED)
    assert english(AlreadyEnded(a_job(JobState.FAILED))) == filled(ALREADY_ENDED)


@pytest.mark.parametrize(
    "error",
    [
        AlreadyEnded(a_job(JobState.DELIVERED)),
        NoResult(for_good=True),
        NotRetryable(),
        UnknownJob(),
        KeyError("secret"),
    ],
    ids=lambda it: type(it).__name__,
)
def test_an_error_without_remedy_shows_another_way(error: Exception) -> None:
    """A requester who can't go on with a job reads where to look, or what to use instead."""
    assert re.search(r"/jobs|Use the command", english(error))


def test_an_unknown_model_is_answered_with_those_that_may_be_meant() -> None:
    """The sentence names them with their prices, or the command that takes the model."""
    assert english(UnknownModel("veo", SIMILAR)) == (
        "I don't know a model **veo**. Did you mean **Veo 3.1 Fast** ($1.20) or **Veo 3.1** ($3.20)?"
    )
    assert english(UnknownModel("veo 3.1", (), SIMILAR[1])) == (
        "**Veo 3.1** is for /video, not for this."
    )
    assert english(UnknownModel("x")) == "I don't know a model **x**. /models lists them all."


def test_a_long_prompt_is_answered_with_models_that_take_it() -> None:
    """The sentence names the model, both numbers, and the models that take more."""
    long = PromptTooLong(limit=2000, length=3679, model_label="Vidu", taken_by=("Veo", "Kling"))
    assert english(long) == (
        "**Vidu** takes up to **2,000** characters; your prompt has **3,679**. "
        "These take it: **Veo**, **Kling**."
    )
    none = PromptTooLong(limit=2000, length=6000, model_label="Vidu")
    assert "shorten" in english(none)


def test_a_duration_is_refused_with_its_range() -> None:
    """A duration that a model does not make is answered with those that it makes."""
    refused = InvalidOption(
        option="duration", value="7.5 parsecs", allowed=("2-12",), model_label="Seedance"
    )
    assert english(refused) == "**Seedance** makes 2\u201312 s; `7.5 parsecs` isn't one of those."
