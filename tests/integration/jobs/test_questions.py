"""The question about a price: answered once, in time, by the one who was asked."""

import dataclasses
from decimal import Decimal

import pytest

from bot.catalogue import Kind, load_catalogue
from bot.jobs.questions import Questions
from bot.jobs.refusals import NotYours
from bot.jobs.requests import Order, Place, Wish
from db.drafts import Drafts
from db.errors import DraftUsed
from db.records import CancelControl, CardKind, JobKind

from .world import MINUTE, REQUESTER, World

DRAFT = 1_234
WISH = Wish(
    kind=JobKind.VIDEO,
    prompt="  a fox in the snow ",
    model="viduq3-turbo",
    options={"duration": "3", "audio": "off"},
    private=True,
    allow_adult=True,
)


def questions(world: World, *, confirm_above: str = "0.10") -> Questions:
    """Return what asks about prices above a line."""
    return Questions(Drafts(world.engine), confirm_above=Decimal(confirm_above), clock=world.clock)


def an_order() -> Order:
    """Return the order for the wish, which costs $0.24 at most."""
    model = load_catalogue().find(Kind.VIDEO, "viduq3-turbo")
    assert model is not None
    generation = model.build(WISH.prompt, WISH.options, allow_adult=False)
    return Order(wish=WISH, model=model, generation=generation)


async def ask(world: World, *, retry_of: int | None = None) -> Questions:
    """Ask about the order's price."""
    asked = questions(world)
    place = Place(
        interaction_id=DRAFT,
        interaction_token="token",
        application_id=5,
        user_id=REQUESTER,
        guild_id=None,
        channel_id=33,
        locale="de",
        card_kind=CardKind.BRIEF,
        cancel_control=CancelControl.BUTTON,
        upload_limit=99,
        asked_at=world.clock(),
    )
    await asked.ask(an_order(), place, retry_of=retry_of)
    return asked


async def test_what_is_asked_about(world: World) -> None:
    """The upper end of the price decides, and the line itself is not above the line."""
    assert questions(world, confirm_above="0.2399").must_ask(an_order())
    assert not questions(world, confirm_above="0.24").must_ask(an_order())


async def test_a_wish_comes_back(world: World) -> None:
    """The wish is the same after the database had it, but for what the channel allows."""
    kept = await (await ask(world, retry_of=7)).confirmed(DRAFT, REQUESTER)
    assert kept.wish() == dataclasses.replace(WISH, allow_adult=False)
    assert kept.retry_of == 7


async def test_only_who_was_asked_may_answer(world: World) -> None:
    """Nobody else's yes or no counts."""
    asked = await ask(world)
    with pytest.raises(NotYours):
        await asked.confirmed(DRAFT, 99)
    with pytest.raises(NotYours):
        await asked.decline(DRAFT, 99)
    await asked.confirmed(DRAFT, REQUESTER)


async def test_a_question_grows_old(world: World) -> None:
    """After a quarter of an hour the price may have changed, and nobody can answer any more."""
    asked = await ask(world)
    world.clock.now += 15 * MINUTE
    await asked.confirmed(DRAFT, REQUESTER)
    world.clock.now += 1
    with pytest.raises(DraftUsed):
        await asked.confirmed(DRAFT, REQUESTER)


async def test_a_no_is_a_no(world: World) -> None:
    """What was declined can't be confirmed, nor declined again."""
    asked = await ask(world)
    await asked.decline(DRAFT, REQUESTER)
    with pytest.raises(DraftUsed):
        await asked.confirmed(DRAFT, REQUESTER)
    with pytest.raises(DraftUsed):
        await asked.decline(DRAFT, REQUESTER)


@pytest.mark.parametrize("draft_id", [0, DRAFT + 1, 10**19, 10**20 - 1])
async def test_a_question_that_was_never_asked(world: World, draft_id: int) -> None:
    """A forged id, however large, is a question that is gone."""
    asked = await ask(world)
    with pytest.raises(DraftUsed):
        await asked.confirmed(draft_id, REQUESTER)
