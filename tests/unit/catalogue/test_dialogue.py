"""A text of several speakers is read as lines, each with its voice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import Kind, Line, PromptEmpty, TooManyLines, load_catalogue
from bot.catalogue.dialogue import dialogue_lines

MODEL = load_catalogue().cheapest(Kind.SPEECH)
ON = {"dialogue": "on"}


def said(text: str) -> list[tuple[str | None, str]]:
    """Return each line with its voice."""
    found = dialogue_lines(text, "voice")
    return [
        (None if "voice" not in it.options else str(it.options["voice"]), it.text) for it in found
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Rachel: Hi.\nAdam: Hello.", [("Rachel", "Hi."), ("Adam", "Hello.")]),
        ("  Rachel  :  Hi: you.  ", [("Rachel", "Hi: you.  ")]),
        ("Rachel\uff1a Hi.", [("Rachel", "Hi.")]),
        (
            "Rachel: Hi.\n\nHow are you?\nAdam: Well.",
            [("Rachel", "Hi.\nHow are you?"), ("Adam", "Well.")],
        ),
        ("Rachel:\nHi.", [("Rachel", "Hi.")]),
        ("Hi.\nAdam: Hello.", [(None, "Hi."), ("Adam", "Hello.")]),
        ("https://example.com is far", [(None, "https://example.com is far")]),
        ("a" * 41 + ": b", [(None, "a" * 41 + ": b")]),
        (": b", [(None, ": b")]),
        ("", []),
    ],
)
def test_a_dialogue_is_read_line_by_line(text: str, lines: list[tuple[str | None, str]]) -> None:
    """The name before the first colon is the voice; without one a line goes on."""
    assert said(text) == lines


def test_a_dialogue_is_sent_with_a_voice_for_each_line() -> None:
    """Lines without a name have the voice of the request, and the mark itself is not sent."""
    text = "Hi.\nRachel: Hello."
    built = MODEL.build(text, {**ON, "voice": "Adam"}, allow_adult=False)
    assert built.body["input"] == {
        "dialogue": [{"text": "Hi.", "voice": "Adam"}, {"text": "Hello.", "voice": "Rachel"}]
    }
    assert built.options == {"dialogue": True, "voice": "Adam"}
    again = MODEL.build(text, built.options, allow_adult=False)
    assert again == built


def test_a_text_with_colons_is_no_dialogue_by_itself() -> None:
    """Only what is said to be one is read as one."""
    built = MODEL.build("Note: hi\nAdam: no", {}, allow_adult=False)
    assert built.body["input"] == {"dialogue": [{"text": "Note: hi\nAdam: no"}]}


def test_a_dialogue_is_paid_for_what_is_spoken() -> None:
    """Names cost nothing, and do not count as length."""
    line = Line(text="Hi.", options={"voice": "Rachel"})
    as_lines = MODEL.build([line], {}, allow_adult=False)
    assert MODEL.build("Rachel: Hi.", ON, allow_adult=False).price == as_lines.price


def test_a_dialogue_keeps_the_limits_of_its_model() -> None:
    """A speaker who says nothing, and more lines than the model speaks, are refused."""
    for empty in ("Rachel:", "Rachel: Hi.\nAdam:", " \n "):
        with pytest.raises(PromptEmpty):
            MODEL.build(empty, ON, allow_adult=False)
    with pytest.raises(TooManyLines):
        MODEL.build("Rachel: Hi.\n" * 11, ON, allow_adult=False)


@given(st.text(max_size=300))
def test_any_text_is_a_dialogue(text: str) -> None:
    """Nothing of it is lost but blanks, names and their colons, and no name is blank."""
    for voice, line in said(text):
        assert voice is None or voice.strip() == voice != ""
        assert all(part in text for part in line.split("\n"))
