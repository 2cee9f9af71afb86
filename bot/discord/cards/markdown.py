"""Markdown: any text made safe and short enough to be shown by Discord. Pure.

Discord reads Markdown, mentions, links, timestamps and emoji codes in every message. What users and
the API wrote must not become any of them: a backslash goes before each character of Markdown, and a
word joiner breaks up mentions and links, which unlike a zero-width space never ends a line there
(Discord docs: Message Formatting). Characters that hide or reorder others are dropped.
"""

import re
import unicodedata
from urllib.parse import quote

ELLIPSIS = "…"
_LONGEST_WORD = 40  # characters; languages without spaces have "words" of any length
# Discord shows nothing for it, but "<@1>" or "https://" with it inside is plain text.
_BREAK = "\N{WORD JOINER}"
# Emoji families and Persian words need the joiners; every other format character is dropped.
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
# Control, format (all bidi controls are) and surrogate. Unassigned ones stay: new emoji are among them.
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
# Markdown, and what begins a mention, a timestamp or an emoji code.
_ESCAPED = re.compile(r"[\\*_~|`\[\]<@]")
# What makes a heading, a list or a quotation of a line that begins with it.
_LEADING = re.compile(r"[#>+-]|\d+[.)]")
# Inside "://", and before the slash of an invitation, which Discord takes for a link without one.
_LINKS = re.compile(r":/(?=/)|discord(?:app)?\.(?:gg|com)(?=/)", re.IGNORECASE)
_ADDRESS_UNSAFE = re.compile(r"[\s<>()\[\]\\]")


def plain(text: str) -> str:
    """Return *text* on one line, without control, bidi or otherwise invisible characters."""
    if text.isprintable():  # no format character, no surrogate, and no white space but " "
        return " ".join(text.split())
    spaced = "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace()
        or character in _JOINERS
        or unicodedata.category(character) not in _DROPPED
    )
    return " ".join(spaced.split())


def clip(text: str, limit: int) -> str:
    """Cut *text* to at most *limit* characters; a cut is marked by an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip(" " + _JOINERS) + ELLIPSIS if limit > 0 else ""


def clip_at_word(text: str, limit: int) -> str:
    """Cut *text* as `clip` does, but between words where the last one is not very long."""
    cut = clip(text, limit)
    if len(text) <= limit or text[len(cut) - len(ELLIPSIS)].isspace():
        return cut
    whole, space, word = cut.removesuffix(ELLIPSIS).rpartition(" ")
    return whole.rstrip() + ELLIPSIS if space and len(word) <= _LONGEST_WORD else cut


def quote_prompt(prompt: str, limit: int) -> str:
    """Return *prompt* as Discord shows it word for word, in at most *limit* characters.

    Markdown, mentions, timestamps, command mentions, emoji codes and links stay plain text. No
    escape is cut in half.
    """
    tokens = _escape(plain(prompt))
    if sum(map(len, tokens)) <= limit:
        return "".join(tokens)
    return _first(tokens, limit - len(ELLIPSIS)) + ELLIPSIS if limit > 0 else ""


def quote_code(text: str, limit: int) -> str:
    """Return *text* as inline code of at most *limit* characters, or nothing for nothing."""
    # Inline code has no escapes: a backquote would end it.
    bare = clip(plain(text).replace("`", "'"), limit - 2)
    return f"`{bare}`" if bare else ""


def quote_address(address: str) -> str:
    """Return *address* fit for the brackets of a masked link."""
    return _ADDRESS_UNSAFE.sub(lambda found: quote(found[0], safe=""), address)


def _escape(text: str) -> list[str]:
    """Return what each character of *text* becomes; a list, so that clipping splits no escape."""
    tokens = list(text)
    for found in _ESCAPED.finditer(text):
        tokens[found.start()] = _escape_character(found[0])
    if leading := _LEADING.match(text):
        tokens[leading.end() - 1] = "\\" + text[leading.end() - 1]
    for found in _LINKS.finditer(text):
        tokens[found.end() - 1] += _BREAK
    return tokens


def _escape_character(character: str) -> str:
    return character + _BREAK if character in "<@" else "\\" + character


def _first(tokens: list[str], limit: int) -> str:
    """Join as many leading *tokens* as fit into *limit* characters."""
    kept, length = 0, 0
    while length + len(tokens[kept]) <= limit:
        length += len(tokens[kept])
        kept += 1
    return "".join(tokens[:kept]).rstrip(" " + _JOINERS)
