"""The question about a price: answered once, in time, by the one who was asked."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.catalogue import Kind, load_catalogue
from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.price_confirmations import PriceConfirmations
from bot.jobs.admission.requests import AdultModes, GenerationRequest, Quote, RequestContext
from bot.jobs.errors import DatabaseBusy, NotYours
from db.errors import DraftUsed
from db.records import CancelControl, CardKind, Draft, JobKind
from db.repositories.drafts import Drafts
from tests.integration.jobs.world import ANSWER_DEADLINE, MINUTE, REQUESTER, World

DRAFT = 1_234
REQUEST = GenerationRequest(
    kind=JobKind.VIDEO,
    prompt="  a fox in the snow ",
    model="viduq3-turbo",
    options={"duration": "3", "audio": "off"},
    private=True,
)


class SlowDrafts(Drafts):
    """Answer nothing before the gate is open, and then perhaps with an error."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def _wait(self) -> None:
        await self.gate.wait()
        if self.error is not None:
            raise self.error

    async def add_draft(self, draft: Draft) -> None:
        """Keep the draft, in the end."""
        await self._wait()
        await super().add_draft(draft)

    async def get_draft(self, draft_id: int) -> Draft | None:
        """Return the draft, in the end."""
        await self._wait()
        return await super().get_draft(draft_id)

    async def delete_draft(self, draft_id: int) -> bool:
        """Delete the draft, in the end."""
        await self._wait()
        return await super().delete_draft(draft_id)


def questions(
    world: World,
    drafts: Drafts | None = None,
    *,
    confirm_above: str = "0.10",
    deadline: AnswerDeadline | None = None,
) -> PriceConfirmations:
    """Return what asks about prices above a line."""
    return PriceConfirmations(
        drafts or Drafts(world.engine),
        confirm_above=Decimal(confirm_above),
        clock=world.clock,
        deadline=deadline or AnswerDeadline(ANSWER_DEADLINE),
    )


def an_order() -> Quote:
    """Return the order for the request, which costs $0.24 at most."""
    model = load_catalogue().find(Kind.VIDEO, "viduq3-turbo")
    assert model is not None
    generation = model.build(REQUEST.prompt, REQUEST.options, allow_adult=False)
    return Quote(request=REQUEST, model=model, generation=generation)


async def ask(
    world: World, asked: PriceConfirmations | None = None, *, retry_of: int | None = None
) -> PriceConfirmations:
    """Ask about the order's price."""
    asked = asked or questions(world)
    place = RequestContext(
        interaction_id=DRAFT,
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
    await asked.ask(an_order(), place, retry_of=retry_of)
    return asked


async def test_which_prices_need_confirmation(world: World) -> None:
    """The upper end of the price decides, and the line itself is not above the line."""
    assert questions(world, confirm_above="0.2399").needs_confirmation(an_order())
    assert not questions(world, confirm_above="0.24").needs_confirmation(an_order())


async def test_a_stored_request_comes_back(world: World) -> None:
    """The request is the same after the database had it, but for what the channel allows."""
    kept = await (await ask(world, retry_of=7)).confirmed(DRAFT, REQUESTER)
    assert kept.to_request() == REQUEST
    assert kept.retry_of == 7


async def test_only_the_requester_answers_a_confirmation(world: World) -> None:
    """No other user's yes or no counts."""
    asked = await ask(world)
    with pytest.raises(NotYours):
        await asked.confirmed(DRAFT, 99)
    with pytest.raises(NotYours):
        await asked.decline(DRAFT, 99)
    await asked.confirmed(DRAFT, REQUESTER)


async def test_a_price_confirmation_expires(world: World) -> None:
    """After a quarter of an hour the price may have changed, and the question can't be answered any more."""
    asked = await ask(world)
    world.clock.now += 15 * MINUTE
    await asked.confirmed(DRAFT, REQUESTER)
    world.clock.now += 1
    with pytest.raises(DraftUsed):
        await asked.confirmed(DRAFT, REQUESTER)


async def test_a_declined_confirmation_stays_declined(world: World) -> None:
    """What was declined can't be confirmed, nor declined again."""
    asked = await ask(world)
    await asked.decline(DRAFT, REQUESTER)
    with pytest.raises(DraftUsed):
        await asked.confirmed(DRAFT, REQUESTER)
    with pytest.raises(DraftUsed):
        await asked.decline(DRAFT, REQUESTER)


@pytest.mark.parametrize("draft_id", [0, DRAFT + 1, 10**19, 10**20 - 1])
async def test_an_unknown_confirmation_is_gone(world: World, draft_id: int) -> None:
    """A forged id, however large, is a question that is gone."""
    asked = await ask(world)
    with pytest.raises(DraftUsed):
        await asked.confirmed(draft_id, REQUESTER)


async def test_a_confirmation_stored_too_late_is_not_asked(world: World) -> None:
    """A question that can't be stored in time is not asked, and what is written later is left alone."""
    slow, deadline = SlowDrafts(world.engine), AnswerDeadline(0.001)
    late = questions(world, slow, deadline=deadline)
    async with deadline.running():
        with pytest.raises(DatabaseBusy):
            await ask(world, late)
        for answer in (late.confirmed, late.decline):
            with pytest.raises(DatabaseBusy):
                await answer(DRAFT, REQUESTER)
        slow.gate.set()
    assert "question about a price" not in {task.get_name() for task in asyncio.all_tasks()}


@pytest.mark.parametrize("error", [OSError("disk full"), OperationalError("", {}, OSError())])
async def test_a_confirmation_while_the_database_fails(world: World, error: Exception) -> None:
    """An error of the database is no reason to say more than that the bot is busy."""
    broken = SlowDrafts(world.engine)
    broken.error = error
    broken.gate.set()
    asked = questions(world, broken)
    with pytest.raises(DatabaseBusy):
        await ask(world, asked)
    for answer in (asked.confirmed, asked.decline):
        with pytest.raises(DatabaseBusy):
            await answer(DRAFT, REQUESTER)
