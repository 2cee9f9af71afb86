"""Texts keep to Discord's lengths and to one voice."""

import string
from collections.abc import Callable, Mapping

import pytest

from bot.catalogue.prices import Unit
from bot.jobs.worker.close import deserves_ping
from bot.locales.answer_texts import PING
from bot.locales.button_texts import BUTTON_DOWNLOAD
from bot.locales.card_texts import REASONS, STATES
from bot.locales.command_texts import COMMANDS, OPTIONS
from bot.locales.list_texts import KINDS, PRICES
from bot.locales.translate import CountedText, Text, translate
from db.records import JobKind, JobState, Reason
from tests.unit.jobs.builders import NOW, a_job
from tests.unit.locales.every_text import EVERY_TEXT

# Shown in footers and in descriptions of options, where Discord shows no mention.
NO_MENTIONS = {"BRIEF_NOTE", "OPTIONS[model]"}
# One sample for each placeholder that a sentence may have.
SAMPLES = {
    name: f"sample of {name}"
    for name in (
        *(f"/{command}" for command in COMMANDS),
        "address",
        "all",
        "amount",
        "bar",
        "cause",
        "charged",
        "command",
        "count",
        "day",
        "done",
        "duration",
        "example",
        "files",
        "first",
        "high",
        "hours",
        "id",
        "inputs",
        "jobs",
        "last",
        "left",
        "length",
        "limit",
        "low",
        "mark",
        "minutes",
        "model",
        "most",
        "models",
        "name",
        "names",
        "number",
        "option",
        "options",
        "page",
        "pages",
        "part",
        "percent",
        "permissions",
        "person",
        "price",
        "prompt",
        "reserved",
        "reset",
        "seconds",
        "sent",
        "slot",
        "slots",
        "some",
        "status",
        "types",
        "until",
        "usual",
        "value",
        "values",
        "voice",
    )
}


def _offenders(rule: Callable[[str], bool]) -> dict[str, str]:
    """Return every text, by its name, that breaks *rule*."""
    return {name: it.english for name, it in EVERY_TEXT.items() if not rule(it.english)}


def test_every_sentence_is_found() -> None:
    """The walk over the modules reaches constants, tables, tuples and the pairs of a card."""
    assert {
        "BUTTON_CANCEL",
        "COMMAND_NAMES[0]",
        "REASONS[api]",
        "STATES[lost].text",
        "LATE.title",
    } <= EVERY_TEXT.keys()


def _placeholders(text: str) -> list[str]:
    """Return the names of what is filled into *text*, an unnamed one as an empty string."""
    return [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]


def _is_fillable(text: str) -> bool:
    """Return whether each placeholder of *text* has a known name and shows what is filled in."""
    fields = _placeholders(text)
    if not set(fields) <= SAMPLES.keys():
        return False
    filled = text.format_map(SAMPLES)
    return "{" not in filled and all(SAMPLES[field] in filled for field in fields)


def _is_calm(text: str) -> bool:
    """Return whether *text* says something without shouting, an oops or stray space."""
    return (
        "!" not in text
        and "oops" not in text.lower()
        and text == " ".join(text.split())
        and text != ""
    )


def test_sentences_have_named_and_known_placeholders() -> None:
    """A translator meets only placeholders with names, and each can be filled."""
    assert _offenders(_is_fillable) == {}


def test_every_sample_placeholder_is_used() -> None:
    """No placeholder of this test has been forgotten after its sentence went."""
    used = {field for text in EVERY_TEXT.values() for field in _placeholders(text.english)}

    assert {name for name in SAMPLES if not name.startswith("/")} == {
        name for name in used if not name.startswith("/")
    }


def test_counted_texts_hold_their_number() -> None:
    """The number that decides the plural form of a text is one of its placeholders."""
    counted = {name: it for name, it in EVERY_TEXT.items() if isinstance(it, CountedText)}

    assert len(counted) >= 5
    assert [it for it in counted.values() if it.number not in _placeholders(it.english)] == []


def test_sentences_have_a_calm_voice() -> None:
    """Nothing shouts, nothing says oops, nothing has stray space."""
    assert _offenders(_is_calm) == {}


@pytest.mark.parametrize("state", JobState)
def test_every_state_has_words(state: JobState) -> None:
    """No state is shown without a word and a sentence."""
    assert STATES[state].title.english
    assert STATES[state].text.english.endswith(".")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    """No ending is shown without saying why."""
    assert REASONS[reason].english.endswith(".")


def test_reasons_of_an_ending_read_differently() -> None:
    """Two reasons for the same ending never read the same."""
    texts = [translate(REASONS[reason], "en") for reason in Reason]

    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("state", JobState)
def test_every_ping_that_is_sent_has_words(state: JobState) -> None:
    """Each ending that is worth a ping has its words, and no other state has."""
    ended = a_job(state, created_at=NOW - 600, ended_at=NOW)
    assert deserves_ping(ended, NOW + 1) is (state in PING)


@pytest.mark.parametrize("state", PING)
def test_a_ping_points_to_the_card(state: JobState) -> None:
    """A ping has no buttons, so it says where those that it names are."""
    assert (
        BUTTON_DOWNLOAD.english not in PING[state].english or "on the card" in PING[state].english
    )


@pytest.mark.parametrize("kind", JobKind)
def test_every_kind_has_a_name_and_a_command(kind: JobKind) -> None:
    """Each kind of job is listed by name and has a described command."""
    assert KINDS[kind].english
    assert COMMANDS[kind].english


@pytest.mark.parametrize(
    ("table", "limit"),
    [(COMMANDS, 100), (OPTIONS, 100)],
)
def test_command_descriptions_fit(table: Mapping[str, Text], limit: int) -> None:
    """Descriptions have at most 100 characters (Discord docs: Commands)."""
    assert {name: it for name, it in table.items() if not 1 <= len(it.english) <= limit} == {}


def test_button_labels_fit() -> None:
    """A button's label has at most 80 characters (Discord docs: Component Reference)."""
    labels = [text.english for name, text in EVERY_TEXT.items() if name.startswith("BUTTON_")]

    assert len(labels) >= 5
    assert [label for label in labels if len(label) > 80] == []


def test_sentences_fit_a_message() -> None:
    """Every sentence leaves a message of 2,000 characters room for what is filled in."""
    assert _offenders(lambda text: len(text) <= 400) == {}


@pytest.mark.parametrize("unit", Unit)
def test_every_unit_of_price_has_words(unit: Unit) -> None:
    """The list of models has a text for every unit that a model is charged by."""
    assert "{price}" in PRICES[unit].english


@pytest.mark.parametrize("command", COMMANDS)
def test_no_sentence_names_a_command_plainly(command: str) -> None:
    """A command in a sentence is a placeholder, so that it can be clicked; in a footer it is text."""
    plain = f"/{command}"
    named = [
        name
        for name, text in EVERY_TEXT.items()
        if plain in text.english.replace(f"{{{plain}}}", "") and name not in NO_MENTIONS
    ]
    assert named == []
