"""The commands beside those that make something."""

from decimal import Decimal

import pytest

from bot.discord.cards.list_place import ListPlace
from bot.discord.interactions.typed_options import NOT_CHOSEN
from bot.locales.answer_texts import (
    CANCEL_TAKEN,
    CANCEL_TAKEN_OF,
    CANCEL_WHICH,
    FORGET_KEPT,
    FORGET_LATER,
    FORGET_NOTHING,
    JOB_UNKNOWN,
    LINK_UNAVAILABLE,
    NOT_YOUR_JOB,
    NOTHING_TO_CANCEL,
    PRICE_QUESTION_DECLINED,
    PRICE_QUESTION_TITLE,
)
from bot.locales.button_texts import (
    BUTTON_CANCEL_ALL,
    BUTTON_DOWNLOAD,
    BUTTON_FORGET_ONE,
    BUTTON_GENERATE,
    BUTTON_KEEP,
    BUTTON_NEWER,
    BUTTON_NO_THANKS,
    BUTTON_OLDER,
    BUTTON_TRY_AGAIN,
)
from bot.locales.card_texts import STATES
from bot.locales.list_texts import EXPLAIN_NOTHING_RUNNING, JOBS_EMPTY
from bot.locales.translate import translate
from db.records import JobState
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.in_process.stage import ENGLISH, PROMPT, Scene, button_labels, texts_of


async def test_models_are_listed_with_prices(scene: Scene) -> None:
    """Truthful: /models names every kind of model and what it costs, to the caller alone."""
    listed = await scene.use("models")
    assert listed.ephemeral
    said = texts_of(listed)
    assert "**Vidu Q3 Turbo** · $0.04–$0.08 a second\n-# Video · 1–16 s" in said  # noqa: RUF001
    await scene.breathe()
    menu = f"models_kind:{ListPlace().number}"
    await scene.robin.select(listed, ["speech"], custom_id=menu)
    assert "`voice`" in texts_of(scene.stored(listed))
    assert "Vidu" not in texts_of(scene.stored(listed))
    named = texts_of(await scene.use("models", kind="speech"))
    assert named == texts_of(scene.stored(listed))


async def test_the_job_list_is_the_callers_own(scene: Scene) -> None:
    """Only the requester's: /jobs shows the caller's jobs, links their results, and hides other users'."""
    assert translate(JOBS_EMPTY, ENGLISH) in texts_of(await scene.use("jobs"))
    scene.api.scripts.next(Script.quick(0))
    card = await scene.ask()
    await scene.until_taken()
    await scene.pass_time(2.0, card)
    await scene.until_state(card, JobState.DELIVERED)
    mine = await scene.use("jobs")
    assert mine.ephemeral
    assert PROMPT in texts_of(mine)
    assert str(card.id) in texts_of(mine)
    assert button_labels(scene.stored(mine)) == [BUTTON_DOWNLOAD.english]
    theirs = await scene.use("jobs", scene.sam)
    assert translate(JOBS_EMPTY, ENGLISH) in texts_of(theirs)


async def test_older_jobs_are_on_further_pages(scene: Scene) -> None:
    """Delivered is more than succeeded: no result falls out of /jobs, however many come later."""
    # Reactions wait for their turn in real time, which a press in simcord's time does not see.
    scene.forbid_bot(add_reactions=True)
    scene.api.scripts.next(*[Script.quick(0)] * 11)
    for number in range(11):
        card = await scene.ask("image", prompt=f"fox {number}")
        await scene.until_taken(number + 1)
        await scene.pass_time(2.0, card)
        await scene.until_state(card, JobState.DELIVERED)
    listed = await scene.use("jobs")
    assert "fox 10*" in texts_of(listed)
    assert "fox 0*" not in texts_of(listed)
    await scene.breathe()
    await scene.robin.click(listed, label=BUTTON_OLDER.english)
    assert "fox 0*" in texts_of(scene.stored(listed))
    assert button_labels(scene.stored(listed)) == [
        BUTTON_DOWNLOAD.english,
        BUTTON_NEWER.english,
    ]
    await scene.breathe()
    await scene.robin.click(listed, label=BUTTON_NEWER.english)
    assert "fox 0*" not in texts_of(scene.stored(listed))


@pytest.mark.parametrize("private", [True, False])
async def test_a_forged_page_button_changes_no_card(scene: Scene, private: bool) -> None:
    """Only the requester's: a forged button that turns pages does nothing on a card."""
    scene.api.scripts.next(Script.endless())
    card = await scene.ask(private=private)
    await scene.until_taken()
    button = {"type": 2, "style": 1, "label": "Older", "custom_id": "jobs_page:0"}
    scene.stored(card).components = [{"type": 1, "components": [button]}]
    refused = await scene.click(card, "Older", scene.robin)
    assert refused.content == translate(JOB_UNKNOWN, ENGLISH)
    assert PROMPT in str(scene.stored(card).embeds[0]["description"])


async def test_a_download_while_the_api_is_away(scene: Scene) -> None:
    """Truthful: with the API away, Download says to press again and nothing of charges."""
    # Reactions wait for their turn in real time, which a press in simcord's time does not see.
    scene.forbid_bot(add_reactions=True)
    scene.api.scripts.next(Script.quick(0))
    card = await scene.ask()
    await scene.until_taken()
    await scene.pass_time(2.0, card)
    await scene.until_state(card, JobState.DELIVERED)
    mine = await scene.use("jobs")
    scene.api.faults.add("GET", "/tasks/*", status=503, times=None)
    answer = await scene.click(mine, BUTTON_DOWNLOAD.english, scene.robin)
    await scene.until(lambda: bool(scene.stored(answer).content), "an answer")
    assert scene.stored(answer).content == LINK_UNAVAILABLE.english
    assert "charged" not in LINK_UNAVAILABLE.english


async def test_cancel_offers_running_jobs(scene: Scene) -> None:
    """Only the requester's: /cancel offers the caller's running jobs and no others."""
    scene.api.scripts.next(Script.endless(), Script.endless())
    first = await scene.ask()
    second = await scene.ask(prompt="a badger")
    await scene.until_taken(2)
    offered = await scene.robin.autocomplete(scene.channel, "cancel", "job", "BADGER")
    assert [choice["value"] for choice in offered] == [str(scene.job_of(second))]
    (line,) = await scene.sam.autocomplete(scene.channel, "cancel", "job", "")
    assert (line["name"], line["value"]) == (EXPLAIN_NOTHING_RUNNING.english, NOT_CHOSEN)
    taken = await scene.use("cancel", job=offered[0]["value"])
    assert taken.content == CANCEL_TAKEN.english
    await scene.until_state(second, JobState.CANCELLED)
    assert not scene.title(first).endswith(STATES[JobState.CANCELLED].title.english)


async def test_cancel_offers_a_menu_of_several(scene: Scene) -> None:
    """Only the requester's: /cancel without a choice answers with a menu, and cancels what is chosen."""
    scene.api.scripts.next(Script.endless(), Script.endless())
    cards = [await scene.ask(prompt=prompt) for prompt in ("a fox", "a badger")]
    await scene.until_taken(2)
    asked = await scene.use("cancel")
    assert asked.ephemeral
    assert asked.content == translate(CANCEL_WHICH, ENGLISH, count=2)
    (menu,) = scene.stored(asked).components[0]["components"]
    assert [option["label"] for option in menu["options"]] == ["a badger", "a fox"]
    assert len(scene.api.calls("DELETE")) == 0
    await scene.breathe()
    await scene.robin.select(asked, [str(scene.job_of(cards[0]))])
    assert scene.stored(asked).content == CANCEL_TAKEN.english
    assert scene.stored(asked).components == []
    await scene.until_state(cards[0], JobState.CANCELLED)
    assert not scene.title(cards[1]).endswith(STATES[JobState.CANCELLED].title.english)


async def test_cancel_all_cancels_every_running_job(scene: Scene) -> None:
    """Only the requester's: the menu's button cancels all of the caller's jobs, and no others."""
    scene.api.scripts.next(*[Script.endless()] * 3)
    theirs = await scene.ask(by=scene.sam, prompt="a newt")
    cards = [await scene.ask(prompt=prompt) for prompt in ("a fox", "a badger")]
    await scene.until_taken(3)
    asked = await scene.use("cancel")
    await scene.breathe()
    await scene.robin.click(asked, label=translate(BUTTON_CANCEL_ALL, ENGLISH, count=2))
    assert scene.stored(asked).content == translate(CANCEL_TAKEN_OF, ENGLISH, count=2)
    assert scene.stored(asked).components == []
    for card in cards:
        await scene.until_state(card, JobState.CANCELLED)
    assert not scene.title(theirs).endswith(STATES[JobState.CANCELLED].title.english)


@pytest.mark.simcord(check_errors=False)
async def test_a_moderator_may_cancel_others_by_the_menu(scene: Scene) -> None:
    """Only the requester's: Manage Messages shows what others run in the channel, private cards apart."""
    scene.api.scripts.next(*[Script.endless()] * 2)
    theirs = await scene.ask(by=scene.sam, prompt="a newt")
    await scene.ask(by=scene.sam, prompt="a secret", private=True)
    await scene.until_taken(2)
    refused = await scene.use("cancel", job=str(scene.job_of(theirs)))
    assert refused.content == NOT_YOUR_JOB.english
    assert (await scene.use("cancel")).content == NOTHING_TO_CANCEL.english
    scene.make_moderator(scene.robin)
    asked = await scene.use("cancel")
    (menu,) = scene.stored(asked).components[0]["components"]
    assert [option["label"] for option in menu["options"]] == ["a newt"]
    assert len(scene.stored(asked).components) == 1
    await scene.breathe()
    await scene.robin.select(asked, [str(scene.job_of(theirs))])
    await scene.until_state(theirs, JobState.CANCELLED)


async def test_forget_asks_and_then_deletes(scene: Scene) -> None:
    """Quiet and safe: /forget asks first; what runs is deleted by the change that closes it."""
    scene.api.scripts.next(Script.endless())
    card = await scene.ask()
    await scene.until_taken()
    asked = await scene.use("forget")
    assert asked.ephemeral
    assert button_labels(scene.stored(asked)) == [BUTTON_FORGET_ONE.english, BUTTON_KEEP.english]
    await scene.breathe()
    await scene.robin.click(asked, label=BUTTON_KEEP.english)
    assert scene.stored(asked).content == FORGET_KEPT.english
    assert scene.stored(asked).components == []
    assert PROMPT in texts_of(await scene.use("jobs"))
    asked = await scene.use("forget")
    await scene.breathe()
    await scene.robin.click(asked, label=BUTTON_FORGET_ONE.english)
    assert scene.stored(asked).content == translate(FORGET_LATER, ENGLISH, count=1)
    assert scene.stored(asked).components == []
    await scene.use("cancel")
    await scene.until_state(card, JobState.CANCELLED)
    assert translate(JOBS_EMPTY, ENGLISH) in texts_of(await scene.use("jobs"))
    await scene.until(lambda: "0 waiting, 0 in flight" in repr(scene.app.due_times), "rest")
    assert (await scene.use("forget")).content == FORGET_NOTHING.english


@pytest.mark.parametrize("confirm_above", [Decimal("0.30")])
async def test_a_confirmed_price_becomes_a_card(scene: Scene) -> None:
    """One card per job: a yes to the private question is answered by the public card."""
    scene.api.scripts.next(Script.endless())
    question = await scene.ask(model="viduq3-turbo")
    assert PRICE_QUESTION_TITLE.english.format(price="$0.20–$0.40") == scene.title(question)  # noqa: RUF001
    assert question.ephemeral
    assert scene.in_channel() == []
    card = await scene.click(question, BUTTON_GENERATE.english, scene.robin)
    await scene.until_taken()
    assert [message.id for message in scene.in_channel()] == [card.id]
    assert len(scene.api.tasks) == 1


@pytest.mark.parametrize("confirm_above", [Decimal("0.30")])
async def test_a_retry_asks_for_its_price(scene: Scene) -> None:
    """Quiet and safe: Try again is a new job, so a dear one is asked about again."""
    scene.api.scripts.next(Script.failing("no paint"))
    # Reactions wait for their turn in real time, which a press in simcord's time does not see.
    scene.forbid_bot(add_reactions=True)
    question = await scene.ask(model="viduq3-turbo")
    card = await scene.click(question, BUTTON_GENERATE.english, scene.robin)
    await scene.until_taken()
    await scene.pass_time(2.0, card)
    await scene.until_state(card, JobState.FAILED)
    again = await scene.click(card, BUTTON_TRY_AGAIN.english, scene.robin)
    assert BUTTON_GENERATE.english in button_labels(scene.stored(again))
    assert len(scene.api.tasks) == 1


@pytest.mark.parametrize("confirm_above", [Decimal("0.30")])
async def test_a_declined_price_sends_nothing(scene: Scene) -> None:
    """Quiet and safe: a no sends nothing."""
    question = await scene.ask(model="viduq3-turbo")
    await scene.breathe()
    await scene.robin.click(question, label=BUTTON_NO_THANKS.english)
    assert says(scene.stored(question).content, PRICE_QUESTION_DECLINED)
    assert button_labels(scene.stored(question)) == []
    assert len(scene.api.calls("POST")) == 0
