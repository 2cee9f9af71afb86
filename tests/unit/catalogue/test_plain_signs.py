"""What phones and input methods type is read as the plain signs: over the kinds of Unicode."""

# ruff: noqa: RUF001 - signs that look alike are the subject

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import Kind, load_catalogue
from bot.catalogue.plain_signs import APOSTROPHES, QUOTE_ENDS, QUOTES, plain_signs
from bot.catalogue.spelling import fold, fold_name, read_number, read_switch, read_text
from bot.discord.interactions.typed_options import join_options, read_options, split_options

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
DIGITS = [sign for sign in EVERY if unicodedata.category(sign) == "Nd"]
DASHES = [*(sign for sign in EVERY if unicodedata.category(sign) == "Pd"), "\u2212", "\u2043"]
SPACES = [sign for sign in EVERY if sign.isspace()]
UNSEEN = [sign for sign in EVERY if unicodedata.category(sign) == "Cf"]
# Unicode's property Quotation_Mark (PropList.txt), the apostrophes apart.
MARKS = '"«»‹›„‟“”⹂「」『』〝〞〟﹁﹂﹃﹄＂｢｣'
WIDE = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}


@given(st.lists(st.sampled_from(DIGITS), min_size=1, max_size=9))
def test_digits_of_every_script_are_numbers(digits: list[str]) -> None:
    """Any decimal digit of Unicode is the number that it is."""
    number = int("".join(str(unicodedata.digit(digit)) for digit in digits))
    assert read_number("".join(digits)) == number
    assert fold("".join(digits) + "s") == fold("".join(digits))


@given(st.sampled_from(DASHES), st.integers(1, 10**9))
def test_dashes_of_every_kind_are_minus_signs(dash: str, number: int) -> None:
    """Any dash before a number makes it negative, and any dash may be in a model's name."""
    assert read_number(f"{dash}{number}") == -number
    assert fold_name(f"kling{dash}v3") == fold_name("kling-v3")


@given(st.sampled_from(SPACES), st.sampled_from(SPACES))
def test_spaces_of_every_kind_part_options(one: str, two: str) -> None:
    """Any space of Unicode lies between two options, and around a value."""
    wanted = {"seed": "42", "style": "anime"}
    assert read_options({}, f"{one}seed=42{one}{two}style=anime{two}") == wanted
    assert fold(f"{one}16{two}:{one}9{two}") == fold("16:9")


@given(st.sampled_from(UNSEEN), st.integers(0, 6))
def test_unseen_signs_are_not_read(unseen: str, place: int) -> None:
    """A character that no one sees changes no number, name or option, wherever it is."""
    assert read_number("12" + unseen + "3") == 123
    assert read_number(unseen + "١٢" + unseen + "٣" + unseen) == 123
    assert fold_name("kling-v3"[:place] + unseen + "kling-v3"[place:]) == fold_name("kling-v3")
    assert read_options({}, "seed=42"[:place] + unseen + "seed=42"[place:]) == {"seed": "42"}


@given(st.sampled_from(MARKS), st.sampled_from(MARKS))
def test_quotes_of_every_kind_hold_words_together(one: str, two: str) -> None:
    """Any quotation mark begins a quotation, and any other ends it: two keyboards may be used."""
    text = f"negative_prompt={one}blurry, low quality{two} seed=1"
    assert read_options({}, text) == {"negative_prompt": "blurry, low quality", "seed": "1"}


@given(st.sampled_from(sorted(APOSTROPHES)), st.sampled_from(sorted(APOSTROPHES)))
def test_single_quotes_and_apostrophes_are_told_apart(one: str, two: str) -> None:
    """Single quotes hold a value together; an apostrophe inside a word does not begin a quotation."""
    quoted = f"negative_prompt={one}blurry, low quality{two}, seed=1"
    assert read_options({}, quoted) == {"negative_prompt": "blurry, low quality", "seed": "1"}
    assert read_options({}, f"mood=don{one}t seed=1") == {"mood": "don't", "seed": "1"}
    assert read_options({}, f"mood={one}90s seed=1") == {"mood": "'90s", "seed": "1"}


@given(st.text(alphabet=st.sampled_from(sorted(WIDE)), max_size=20))
def test_full_width_signs_are_ascii(wide: str) -> None:
    """Full-width letters, digits and signs are those of ASCII."""
    assert plain_signs(wide) == "".join(WIDE[sign] for sign in wide).replace("`", "'")


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_ascii_stays_as_it_is(text: str) -> None:
    """What a plain keyboard types is not changed, but for the backquote."""
    assert plain_signs(text) == text.replace("`", "'")


@given(st.text())
def test_plain_signs_are_plain(text: str) -> None:
    """What was made plain once is plain, so that it may be done anywhere."""
    assert plain_signs(plain_signs(text)) == plain_signs(text)


@given(st.lists(st.text(min_size=1, max_size=9).filter(lambda it: it.strip() != ""), max_size=4))
def test_parts_in_any_script_come_back(parts: list[str]) -> None:
    """What is joined for an offer is split into the same parts again."""
    assert split_options(join_options(parts)) == parts


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("１０", 10),
        ("١٠", 10),
        ("१०", 10),
        ("７，５", 7.5),
        ("٧٫٥", 7.5),
        ("7·5", 7.5),
        ("12\u202f000", 12000),
        ("١٢٬٠٠٠", 12000),
        ("－5", -5),
        ("−5", -5),
        ("ー5", -5),
        ("8\u00a0s", 8),
        ("８秒", 8),
        ("5с", 5),
        ("5″", 5),
        ("5️⃣", 5),
        ("“5”", 5),
    ],
)
def test_numbers_of_phones_are_read(typed: str, number: float) -> None:
    """Numbers as phones and input methods write them."""
    assert read_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("１６：９", "16:9"),
        ("16∶9", "16:9"),
        ("16：9", "16:9"),
        ("16х9", "16:9"),
        ("1024×768", "1024x768"),
        ("１０２４ｘ７６８", "1024x768"),
        ("７２０ｐ", "720p"),
        ("1080р", "1080p"),
        ("‘720p’", "720p"),
        ("2К", "2k"),
        ("std\u200b", "std"),
    ],
)
def test_values_of_phones_are_read(typed: str, value: str) -> None:
    """Shapes, sizes and words as phones and input methods write them."""
    assert fold(typed) == fold(value)


def test_switches_and_names_of_phones_are_read() -> None:
    """Yes and no, and the names of models, are read from any keyboard."""
    catalogue = load_catalogue()
    kling = catalogue.find(Kind.VIDEO, "kling-v3")
    assert read_switch("ｏｎ") is True
    assert read_switch("“no”") is False
    for typed in ("Ｋｌｉｎｇ Ｖ３", "kling–v3", "kling\u2011v3", "Kling\u00a0V3", "“Kling V3”"):
        assert catalogue.find(Kind.VIDEO, typed) is kling
    assert catalogue.suggest(Kind.VIDEO, "ｋｌｉｎｇ　v3") == [kling]


def test_a_text_keeps_its_own_language() -> None:
    """A free text becomes ASCII where it can, and stays as it was typed where it is more than that."""
    assert read_text("  Ｒａｃｈｅｌ ") == "Rachel"
    assert read_text("“don’t”") == "don't"
    assert read_text("「看板」の文字…") == "「看板」の文字…"
    quoted = "negative_prompt=“「看板」の文字… 👩\u200d🚀”"
    assert read_options({}, quoted) == {"negative_prompt": "「看板」の文字… 👩\u200d🚀"}


def test_every_quotation_mark_is_known() -> None:
    """Each mark of Unicode's property is a quote here, and each quote becomes the straight one."""
    assert set(MARKS) <= QUOTES
    assert {plain_signs(mark) for mark in QUOTES} == {'"'}
    assert set(QUOTE_ENDS) <= QUOTES
