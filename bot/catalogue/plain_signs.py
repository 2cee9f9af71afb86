"""Plain signs: what phones and input methods type, as an ASCII keyboard would have typed it. Pure.

Phones replace straight quotes by curly ones and two hyphens by a dash; input methods for Chinese and
Japanese type full-width letters, digits and signs; keyboards for Arabic and Indic scripts type digits of
their own; and what is pasted brings spaces that do not look like any. In options, model names and
numbers all of them mean the plain sign. A prompt is never changed: there they may be meant.

Unicode's compatibility form (NFKC) knows most of these, its character database knows all digits and
dashes, and the tables below hold the rest.
"""

# ruff: noqa: RUF001, RUF003 - signs that look alike are the subject

import re
import unicodedata

# Double quotes with those that end them; a straight one may end each, as two keyboards were used.
QUOTE_ENDS = {
    '"': '"',
    "“": '”“"',
    "”": '”"',
    "„": '“”‟"',
    "‟": '”"',
    "«": '»"',
    "»": '«»"',
    "「": '」"',
    "『": '』"',
    "｢": '｣"',
    "﹁": '﹂"',
    "﹃": '﹄"',
    "〝": '〞〟"',
    "＂": '＂"',
    "‹": '›"',
    "›": '‹›"',
    "❝": '❞"',
    "″": '″"',
    "⹂": '“”"',
}
QUOTES = frozenset(QUOTE_ENDS) | frozenset("".join(QUOTE_ENDS.values())) | frozenset("‶ʺ˝🙶🙷🙸")
APOSTROPHES = frozenset("'‘’‚‛′‵ʹʻʼʽˈ`´＇｀❛❜❟ꞌ")
_SIGNS = {
    **dict.fromkeys(QUOTES, '"'),
    **dict.fromkeys(APOSTROPHES, "'"),
    **dict.fromkeys("−⁃˗➖", "-"),
    **dict.fromkeys("⁺➕", "+"),
    **dict.fromkeys("،、︐︑٬", ","),
    **dict.fromkeys("٫", "."),
    **dict.fromkeys("∶꞉ː", ":"),
    **dict.fromkeys("꞊═", "="),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("×✕✖⨯", "x"),
    # Blanks that Unicode does not count among its spaces.
    **dict.fromkeys("\u2800\u3164\u115f\u1160\uffa0\u180e", " "),
}
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
# Control, format and surrogate characters: none of them is seen.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
# Marks of a keycap such as 5️⃣, and joiners outside the scripts and emoji that need them.
_KEYCAP = re.compile(r"(?<=[\x20-\x7e])[\ufe00-\ufe0f\u20e3\u034f]+")
_STRAY_JOINERS = re.compile(
    rf"(?<![^\x00-\x7f])[{_JOINERS}]+|[{_JOINERS}]+(?![^\x00-\x7f{_JOINERS}])"
)
# Between digits, "·" and "。" are decimal points, and a long vowel mark before one is a minus sign.
_POINT = re.compile(r"(?<=\d)[·・。](?=\d)", re.ASCII)
_MINUS = re.compile(r"ー(?=\d)", re.ASCII)
# Cyrillic letters that are taken for Latin ones, after a digit: "5с", "16х9", "720р", "2К".
_CYRILLIC = re.compile(r"(?<=\d)[xхрскХРСК]", re.ASCII)
_LATIN = dict(zip("хрскХРСК", "xpskXPSK", strict=True))


def plain_signs(text: str) -> str:
    """Return *text* with plain quotes, digits, dashes, spaces and signs, and nothing unseen."""
    plain = "".join(map(_plain_sign, text))
    plain = "".join(map(_plain_sign, unicodedata.normalize("NFKC", plain)))
    plain = _STRAY_JOINERS.sub("", _KEYCAP.sub("", plain))
    plain = _MINUS.sub("-", _POINT.sub(".", plain))
    return _CYRILLIC.sub(lambda found: _LATIN.get(found[0], found[0]), plain)


def _plain_sign(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category == "Pd":
        return "-"
    if category == "Pc":
        return "_"
    if character.isspace():
        return " "
    return "" if category in _UNSEEN and character not in _JOINERS else character
