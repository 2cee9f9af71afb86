"""All that a user reads is in the user's language: on cards, lists, buttons and in answers.

The language of these tests is made up: each translation is the English text with a mark before it.
Nothing else that is shown in them has letters, so that letters without a mark were not translated.
"""

import dataclasses
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

import discord
import pytest

from bot.catalogue import load_catalogue
from bot.catalogue.prices import PriceRange
from bot.discord.cards.card import Card, alt_text, card
from bot.discord.cards.fresh_links import fresh_links
from bot.discord.cards.job_list import JobPage, job_list
from bot.discord.cards.list_place import ListPlace
from bot.discord.cards.model_list import ModelLine, model_list
from bot.discord.cards.price_question import price_question
from bot.discord.cards.views import price_question_view
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.autocomplete import Autocomplete
from bot.discord.interactions.error_texts import error_text
from bot.locales import translate as translation
from bot.locales.button_texts import BUTTON_AGAIN, BUTTON_CANCEL
from bot.locales.card_texts import FIELD_MODEL, OPTION_LABELS, STATES, TOOK
from bot.locales.translate import Catalogues
from db.records import (
    CancelControl,
    CardKind,
    FetchProblem,
    Job,
    JobKind,
    JobState,
    OptionValue,
    Reason,
)
from tests.unit.discord.cards import drawn_lists
from tests.unit.discord.cards.jobs import ENGLISH, SENT_AT, make_job
from tests.unit.discord.interactions.test_error_texts import EXAMPLES
from tests.unit.locales.catalogues import mark, write_catalogue, write_marked_catalogue
from tests.unit.locales.every_text import EVERY_TEXT

MADE_UP = "de-AT"
OPTIONS: dict[str, OptionValue] = {
    "duration": 5,
    "aspect_ratio": "16:9",
    "seed": 42,
    "audio": True,
    "off_peak": False,
}
# What Discord's clients show in the reader's language, or as a link.
NO_TEXT = re.compile(r"<t:\d+:\w>|<@\d+>|\(https://\S+\)")


@pytest.fixture(scope="module", autouse=True)
def _made_up_language(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("locales")
    write_marked_catalogue(folder, "de", EVERY_TEXT.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(translation, "bundled", Catalogues(folder))
        yield


def untranslated(*shown: str | None) -> list[str]:
    """Return each part of what is shown that has letters before its mark, or without one."""
    lines = NO_TEXT.sub("", "\n".join(filter(None, shown))).splitlines()
    parts = [part for line in lines for part in line.split(" · ")]
    return [part for part in parts if re.search("[A-Za-z]", part.partition("¤")[0])]


def read_list(layout: discord.ui.LayoutView) -> list[str | None]:
    """Return all that is read on a list, without its Markdown."""
    menus = drawn_lists.of_type(drawn_lists.MENU, layout)
    options = [str(option["label"]) for menu in menus for option in menu["options"]]
    return [*drawn_lists.texts(layout), *drawn_lists.labels(layout), *options]


def read(drawn: Card) -> list[str | None]:
    """Return all that is read on a card."""
    embed = drawn.embed
    fields = [text for field in embed.fields for text in (field.name, field.value)]
    labels = [button.label for button in drawn.buttons]
    return [embed.title, embed.description, embed.footer.text, *fields, *labels]


def a_job(**changes: object) -> Job:
    """Return a job of a reader of the made-up language; nothing that the user wrote has letters."""
    return make_job(**{"locale": MADE_UP, "prompt": "…", "options": OPTIONS, **changes})


def jobs() -> Iterator[Job]:
    """Yield a job of every status and mark."""
    for state, reason in itertools.product(JobState, (None, *Reason)):
        yield a_job(state=state, reason=reason)
    for state, status in itertools.product(JobState, ("pending", "queued", "running", "?")):
        changes: dict[str, object] = {"state": state, "status": status, "progress": 40.0}
        yield a_job(**changes, submitted_at=SENT_AT, estimated_seconds=60.0)
        yield a_job(**changes, late=True, submitted_at=SENT_AT, cancel_refused=True)
        for who in (11, 12):
            yield a_job(**changes, cancel_wanted_by=who, card_kind=CardKind.TOKEN_ONLY)
        for control in CancelControl:
            yield a_job(**changes, cancel_control=control, price_high=Decimal(0))
        for seconds in (5, 65, 3700):
            yield a_job(**changes, submitted_at=SENT_AT, ended_at=SENT_AT + seconds, fitted=True)
        yield a_job(**changes, left_out=1, result_count=2, dm_begun_at=SENT_AT)
        yield a_job(**changes, left_out=1, result_count=2, reason=Reason.BAD_RESULT)
        yield a_job(**changes, reply_begun_at=SENT_AT, cost=Decimal("0.5"))
    for problem in FetchProblem:
        yield a_job(state=JobState.DELIVERING, fetch_problem=problem, fetch_until=SENT_AT)


def test_untranslated_text_is_noticed() -> None:
    """The check of these tests finds a text without a mark beside one that has it."""
    job = a_job(state=JobState.DELIVERED)
    page = JobPage(jobs=[job], total=1)
    assert untranslated(*read_list(job_list(page, {job.model: "…"}, MADE_UP))) == []
    english = untranslated(*read_list(job_list(page, {job.model: "…"}, ENGLISH)))
    assert len(english) > 6
    assert untranslated("¤Done", "1 · ¤open · open") == ["open"]


def test_every_text_of_a_card_is_translated() -> None:
    """Title, text, fields, hints, buttons and description of files are in the requester's language."""
    for job in jobs():
        assert untranslated(*read(card(job, "…")), alt_text(job, "…")) == []


def test_a_card_is_in_the_language_of_its_job() -> None:
    """The words of the catalogue are on the card of a job with its locale, and on no other."""
    german = card(a_job(), "Vidu Q3")
    title = STATES[JobState.ACCEPTED].title.english
    assert german.embed.title == f"📝 {mark(title)}"
    assert german.embed.fields[0].name == mark(FIELD_MODEL.english)
    assert german.buttons[0].label == mark(BUTTON_CANCEL.english)
    assert f"{mark(OPTION_LABELS['seed'].english)} 42" in str(german.embed.description)

    english = card(a_job(locale="en-GB"), "Vidu Q3")
    assert "¤" not in "".join(filter(None, read(english)))
    assert english.digest != german.digest


def test_a_list_of_jobs_is_translated_for_its_reader() -> None:
    """A list is in the language of its reader, not in that of the jobs."""
    for job in jobs():
        listed = dataclasses.replace(job, locale=ENGLISH)
        page = JobPage(jobs=[listed] * 10, total=99, place=ListPlace(page=1))
        assert untranslated(*read_list(job_list(page, {job.model: "…"}, MADE_UP))) == []
    assert untranslated(*read_list(job_list(JobPage(jobs=[], total=0), {}, MADE_UP))) == []


def test_a_list_of_models_is_translated() -> None:
    """Its title, its kinds and the count of its pages are in the reader's language."""
    lines = [
        ModelLine(kind=kind, name=str(number), label="…", price="1" * 40)
        for kind in JobKind
        for number in range(100)
    ]
    for place in (ListPlace(), ListPlace(page=1, kind=JobKind.IMAGE)):
        assert untranslated(*read_list(model_list(lines, MADE_UP, place))) == []


def test_prices_are_translated() -> None:
    """What a model costs is in the language of who chooses one."""
    policy = AccessPolicy(allowed_guild_ids=frozenset(), allow_adult=True)
    autocomplete = Autocomplete(load_catalogue(), policy)
    names = [it.name for kind in JobKind for it in autocomplete.models(kind, "", MADE_UP)]
    prices = [name.rpartition(" · ")[2] for name in names]
    prices += [line.price for line in autocomplete.model_lines(MADE_UP)]
    assert len(prices) > 20
    assert untranslated(*prices) == []
    assert all(price.count("¤") >= 2 for price in prices)


@pytest.mark.parametrize("usual", [None, Decimal("0.2")])
def test_the_price_question_is_translated(usual: Decimal | None) -> None:
    """The question and its buttons are in the language of who is asked."""
    price = PriceRange(Decimal("0.1"), Decimal(1))
    embed = price_question("…", "…", price, usual, OPTIONS, MADE_UP)
    fields = [field.name for field in embed.fields]
    labels = [getattr(item, "label", "?") for item in price_question_view(1, MADE_UP).children]
    assert len(labels) == 2
    assert untranslated(embed.title, embed.description, *fields, *labels) == []


def test_fresh_links_are_translated() -> None:
    """So are the links of a result, and the sentence about those that have no room."""
    embed = fresh_links(["https://cdn.example/" + "a" * 900] * 9, SENT_AT, MADE_UP)
    assert "¤" in (embed.description or "").splitlines()[-1]
    assert untranslated(embed.description) == []


def test_every_error_is_translated() -> None:
    """Each sentence about what can't be done is in the language of who tried."""
    errors = [*EXAMPLES, KeyError("x")]
    assert [it for it in errors if not error_text(it, MADE_UP).startswith("¤")] == []
    assert [it for it in errors if "¤" in error_text(it, ENGLISH)] == []


def test_an_unusable_translation_leaves_the_card_in_english(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence whose placeholders are wrong is shown in English, and the rest is translated."""
    folder = tmp_path_factory.mktemp("broken")
    write_catalogue(folder, "de", {TOOK.english: "in {dauer}", BUTTON_AGAIN.english: "Noch eins"})
    monkeypatch.setattr(translation, "bundled", Catalogues(folder))
    done = a_job(state=JobState.DELIVERED, submitted_at=SENT_AT, ended_at=SENT_AT + 5)
    drawn = card(done, "…")
    assert drawn.buttons[0].label == "Noch eins"
    assert " · took 5 s · " in str(drawn.embed.description)
