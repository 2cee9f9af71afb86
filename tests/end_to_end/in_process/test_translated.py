"""A reader of another language reads it in every answer, from the command to the direct message.

The language is made up: each translation is the English text with a mark before it. simcord's users
all read American English, so the catalogue is for that.
"""

from decimal import Decimal

import pytest
from simcord.results import ResponseMessage

from bot.locales import translate as translation
from bot.locales.answer_texts import (
    FORGET_NOTHING,
    NOTHING_TO_CANCEL,
    PING,
    PRICE_QUESTION_DECLINED,
)
from bot.locales.button_texts import BUTTON_AGAIN, BUTTON_DOWNLOAD, BUTTON_NO_THANKS
from bot.locales.command_mentions import Filling
from bot.locales.list_texts import JOBS_EMPTY, JOBS_TITLE, MODELS_TITLE
from bot.locales.translate import Catalogues
from db.records import JobState
from sandbox.modelhunter import Result, Script, Step
from tests.end_to_end.in_process.stage import Scene, button_labels, texts_of
from tests.unit.locales.catalogues import mark, write_marked_catalogue
from tests.unit.locales.every_text import EVERY_TEXT


@pytest.fixture(autouse=True)
def _made_up_language(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("locales")
    write_marked_catalogue(folder, "en_US", EVERY_TEXT.values())
    monkeypatch.setattr(translation, "bundled", Catalogues(folder))


def title(message: ResponseMessage) -> str:
    """Return the title of an answer."""
    return str(message.embeds[0].title)


async def test_a_job_is_shown_in_the_requesters_language(scene: Scene) -> None:
    """Card, reply, list and fresh links are translated from the command to the result."""
    steps = (Step(0, "running", 10), Step(180.0, "succeeded"))
    scene.api.scripts.next(Script(steps=steps, result=Result(duration=1.0)))
    card = await scene.ask()
    assert "¤" in title(card)
    await scene.until_taken()
    await scene.pass_time(181.0, card)
    await scene.until(lambda: len(scene.in_channel()) > 1, "a reply that mentions the requester")
    _, reply = scene.in_channel()
    (shown,) = scene.stored(card).embeds
    assert f" · {mark('took ')}{mark('3 min ')}" in shown["description"]
    assert button_labels(scene.stored(card))[0] == mark(BUTTON_AGAIN.english)
    ping = mark(PING[JobState.DELIVERED].english)
    assert reply.content == ping.format(person=f"<@{scene.robin.user.id}>")
    listed = await scene.use("jobs")
    assert f"### {mark(JOBS_TITLE.english)}" in texts_of(listed)
    label = mark(BUTTON_DOWNLOAD.english)
    assert button_labels(scene.stored(listed)) == [label]


@pytest.mark.simcord(check_errors=False)
@pytest.mark.parametrize("confirm_above", [Decimal("0.01")])
async def test_an_answer_is_in_the_readers_language(scene: Scene) -> None:
    """The price question, its buttons, lists and errors are translated."""
    question = await scene.ask()
    assert title(question).startswith("¤")
    refused = await scene.use("cancel")
    assert refused.content == mark(NOTHING_TO_CANCEL.english)
    await scene.robin.click(question, label=mark(BUTTON_NO_THANKS.english))
    assert scene.stored(question).content.startswith(mark(PRICE_QUESTION_DECLINED.english))
    empty = mark(JOBS_EMPTY.english).format_map(Filling())
    assert empty in texts_of(await scene.use("jobs"))
    assert mark(MODELS_TITLE.english) in texts_of(await scene.use("models"))
    assert (await scene.use("forget")).content == mark(FORGET_NOTHING.english)
