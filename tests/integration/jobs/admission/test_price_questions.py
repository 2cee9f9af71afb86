"""The question about a price: asked if it can be granted, answered once, in time, by its requester."""

import asyncio
import dataclasses
import random
from decimal import Decimal

import pytest

from bot.catalogue import Kind, load_catalogue
from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.price_questions import AgreedQuote, PriceQuestions, agreed_quote
from bot.jobs.admission.requests import AdultModes, GenerationRequest, Quote, RequestContext
from bot.jobs.errors import DatabaseBusy, NotYours, UnknownDraft
from db.errors import (
    AlreadyAccepted,
    AlreadyRetried,
    BudgetSpent,
    DraftUsed,
    NotAccepted,
    StoreFailed,
    TooManyRunning,
    UserBudgetSpent,
)
from db.records import CancelControl, CardKind, Draft, JobKind, SpendingLimits
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.store import Store
from tests.integration.jobs.process import Process
from tests.integration.jobs.world import ANSWER_DEADLINE, MINUTE, REQUESTER, World

DRAFT = 1_234
PLENTY = SpendingLimits(running_per_user=1000, daily_budget=Decimal(1000))
REQUEST = GenerationRequest(
    kind=JobKind.VIDEO,
    prompt="  a fox in the snow ",
    model="viduq3-turbo",
    options={"duration": "3", "audio": "off"},
    private=True,
)


class SlowDrafts(Drafts):
    """Answer nothing before the gate is open, and then perhaps with trouble."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.gate = asyncio.Event()
        self.trouble: Exception | None = None

    async def _wait(self) -> None:
        await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble

    async def add_draft(self, draft: Draft) -> None:
        """Keep the draft, in the end."""
        await self._wait()
        await super().add_draft(draft)

    async def get_draft(self, draft_id: int) -> Draft | None:
        """Return the draft, in the end."""
        await self._wait()
        return await super().get_draft(draft_id)

    async def answer_draft(self, draft_id: int, by: int) -> bool:
        """Answer the draft, in the end."""
        await self._wait()
        return await super().answer_draft(draft_id, by)


def questions(
    world: World,
    drafts: Drafts | None = None,
    *,
    confirm_above: str = "0.10",
    limits: SpendingLimits = PLENTY,
    deadline: AnswerDeadline | None = None,
) -> PriceQuestions:
    """Return what asks about prices above a line."""
    return PriceQuestions(
        drafts or Drafts(world.store),
        JobRepository(world.store),
        limits=limits,
        confirm_above=Decimal(confirm_above),
        clock=world.clock,
        randomness=random.Random(1),
        deadline=deadline or AnswerDeadline(ANSWER_DEADLINE),
    )


def an_order() -> Quote:
    """Return the order for the request, which costs $0.24 at most."""
    model = load_catalogue().find(Kind.VIDEO, "viduq3-turbo")
    assert model is not None
    generation = model.build(REQUEST.prompt, REQUEST.options, allow_adult=False)
    return Quote(request=REQUEST, model=model, generation=generation)


def place(interaction_id: int = DRAFT) -> RequestContext:
    """Return where it is asked."""
    return RequestContext(
        interaction_id=interaction_id,
        interaction_token="token",
        application_id=5,
        user_id=REQUESTER,
        guild_id=None,
        channel_id=33,
        locale="de",
        card_kind=CardKind.TOKEN_ONLY,
        cancel_control=CancelControl.BUTTON,
        upload_limit=99,
        adult_modes=AdultModes.OFF,
    )


async def ask(
    world: World, asked: PriceQuestions | None = None, *, retry_of: int | None = None
) -> tuple[PriceQuestions, Draft]:
    """Ask about the order's price."""
    asked = asked or questions(world)
    return asked, (await asked.ask(an_order(), place(), retry_of=retry_of)).draft


async def test_which_prices_are_asked_about(world: World) -> None:
    """The upper end of the price decides, and the line itself is not above the line."""
    assert questions(world, confirm_above="0.2399").must_be_asked(an_order())
    assert not questions(world, confirm_above="0.24").must_be_asked(an_order())


async def test_an_agreed_quote_comes_back(world: World) -> None:
    """What was asked about is the same after the database had it: model, options, price."""
    asked, draft = await ask(world, retry_of=7)
    found = await asked.find(draft.id, REQUESTER)
    agreed = agreed_quote(found)
    assert agreed == AgreedQuote.of(an_order(), retry_of=7)
    assert (agreed.model, agreed.price_high) == ("viduq3-turbo", Decimal("0.24"))
    assert agreed.options == {"duration": 3, "audio": False}
    assert agreed.to_request() == dataclasses.replace(REQUEST, options=agreed.options)
    assert agreed.retry_of == 7
    assert (found.interaction_id, found.interaction_token) == (DRAFT, "token")


async def test_no_other_database_knows_the_id_of_a_draft(world: World) -> None:
    """The id of a draft is no id that another bot with the same token could have."""
    _, draft = await ask(world)
    assert draft.id != DRAFT
    with pytest.raises(AlreadyAccepted):
        await ask(world)


@pytest.mark.parametrize(
    ("limits", "refusal"),
    [
        (dataclasses.replace(PLENTY, running_per_user=1), TooManyRunning),
        (dataclasses.replace(PLENTY, daily_budget=Decimal("0.63")), BudgetSpent),
        (dataclasses.replace(PLENTY, daily_budget_per_user=Decimal("0.23")), UserBudgetSpent),
    ],
)
async def test_what_can_not_be_granted_is_not_asked(
    world: World, one: Process, limits: SpendingLimits, refusal: type[NotAccepted]
) -> None:
    """A limit that would refuse the yes refuses the question, and nothing is reserved or stored."""
    await world.accept(one)
    before = await world.spent()
    with pytest.raises(refusal):
        await ask(world, questions(world, limits=limits))
    assert await Drafts(world.store).find_by_interaction(DRAFT) is None
    assert await world.spent() == before


async def test_a_second_retry_is_not_asked_about(world: World, one: Process) -> None:
    """What was tried again once is refused before its price is asked about."""
    await world.accept(one, 1, retry_of=7)
    with pytest.raises(AlreadyRetried):
        await ask(world, retry_of=7)


async def test_only_the_requester_answers_a_price_question(world: World) -> None:
    """No other user's yes or no counts."""
    asked, draft = await ask(world)
    with pytest.raises(NotYours):
        await asked.find(draft.id, 99)
    await asked.find(draft.id, REQUESTER)


async def test_a_price_question_expires(world: World) -> None:
    """After a quarter of an hour the price may have changed, and the question can't be answered any more."""
    asked, draft = await ask(world)
    world.clock.now += 15 * MINUTE
    await asked.find(draft.id, REQUESTER)
    world.clock.now += 1
    with pytest.raises(DraftUsed):
        await asked.find(draft.id, REQUESTER)


async def test_a_declined_price_question_stays_declined(world: World) -> None:
    """What was declined can't be answered again, and its prompt is not kept."""
    asked, draft = await ask(world)
    await asked.decline(draft, 77)
    with pytest.raises(DraftUsed):
        await asked.find(draft.id, REQUESTER)
    with pytest.raises(DraftUsed):
        await asked.decline(draft, 78)
    kept = await asked.look_up(draft.id)
    assert (kept.answered_by, kept.request, kept.interaction_token) == (77, {}, None)


async def test_a_question_in_place_of_another(world: World) -> None:
    """A question that is asked again answers the old one, whose press leads to the newest."""
    asked, first = await ask(world)
    second = (await asked.ask_again(first, an_order(), place(80))).draft
    third = (await asked.ask_again(second, an_order(), place(81))).draft
    with pytest.raises(DraftUsed):
        await asked.ask_again(first, an_order(), place(82))
    with pytest.raises(DraftUsed):
        await asked.find(first.id, REQUESTER)
    assert await asked.replacement(await asked.look_up(first.id)) == third
    assert await asked.replacement(third) is None
    assert await asked.find(third.id, REQUESTER) == third


@pytest.mark.parametrize("request_", [{}, {"prompt": "a fox"}, {"kind": "opera"}])
async def test_a_question_whose_request_is_gone_is_used(
    world: World, request_: dict[str, object]
) -> None:
    """What was deleted with its answer, or is not read by this version, can't be asked about again."""
    _, draft = await ask(world)
    with pytest.raises(DraftUsed):
        agreed_quote(dataclasses.replace(draft, request=request_))


@pytest.mark.parametrize("draft_id", [0, DRAFT, DRAFT + 1, 10**19, 10**20 - 1])
async def test_an_unknown_price_question_is_gone(world: World, draft_id: int) -> None:
    """A forged id, however large, is a question that is gone."""
    asked, _ = await ask(world)
    with pytest.raises(UnknownDraft):
        await asked.find(draft_id, REQUESTER)


async def test_a_price_question_stored_too_late_is_not_asked(world: World) -> None:
    """A question that can't be stored in time is not asked, and what is written later is left alone."""
    _, draft = await ask(world)
    slow, deadline = SlowDrafts(world.store), AnswerDeadline(0.001)
    late = questions(world, slow, deadline=deadline)
    async with deadline.running():
        with pytest.raises(DatabaseBusy):
            await late.ask(an_order(), place(5), retry_of=None)
        with pytest.raises(DatabaseBusy):
            await late.find(draft.id, REQUESTER)
        with pytest.raises(DatabaseBusy):
            await late.decline(draft, 6)
        slow.gate.set()
    assert "question about a price" not in {task.get_name() for task in asyncio.all_tasks()}


@pytest.mark.parametrize(
    "trouble", [OSError("disk full"), StoreFailed("(sqlite3.OperationalError) disk I/O error")]
)
async def test_a_price_question_while_the_database_fails(world: World, trouble: Exception) -> None:
    """An error of the database is no reason to say more than that the bot is busy."""
    _, draft = await ask(world)
    broken = SlowDrafts(world.store)
    broken.trouble = trouble
    broken.gate.set()
    asked = questions(world, broken)
    with pytest.raises(DatabaseBusy):
        await asked.ask(an_order(), place(5), retry_of=None)
    with pytest.raises(DatabaseBusy):
        await asked.find(draft.id, REQUESTER)
    with pytest.raises(DatabaseBusy):
        await asked.decline(draft, 6)
