"""Model list: what there is, what it costs and what it takes, in lines that fit a phone. Pure."""

import dataclasses
from collections.abc import Iterator, Sequence

import discord

from bot.discord.cards.card_status import Colour
from bot.discord.cards.markdown import quote_code, quote_prompt
from bot.locales.list_texts import (
    KINDS,
    MODELS_DEFAULT,
    MODELS_MORE,
    MODELS_OF_A_KIND,
    MODELS_TEXT,
    MODELS_TITLE,
)
from bot.locales.translate import translate
from db.records import JobKind

DEFAULT_MARK = "\N{BLACK STAR}"
# Discord docs: Embed Limits.
_FIELD_LENGTH = 1024
_EMBED_LENGTH = 5800  # of 6000: names and footer need some
_UNNAMED = "\N{ZERO WIDTH SPACE}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine:
    """One model of the catalogue, as a row of `/models`; all but the name are ready to be read."""

    kind: JobKind
    name: str  # what is typed as `model`
    label: str
    price: str
    takes: str = ""  # such as "3–15 s · prompt up to 2,500"  # noqa: RUF003, a range
    options: tuple[str, ...] = ()  # as they are typed
    is_default: bool = False


def model_list(
    models: Sequence[ModelLine], locale: str, kind: JobKind | None = None
) -> discord.Embed:
    """Return *models* by kind, as many as an embed holds; the rest is counted.

    With a *kind*, those of that kind alone, each with its name and the options it takes.
    """
    wanted = [model for model in models if kind in {None, model.kind}]
    hints = [MODELS_TEXT, MODELS_DEFAULT, *([] if kind else [MODELS_OF_A_KIND])]
    embed = discord.Embed(
        title=translate(MODELS_TITLE, locale),
        description=" ".join(translate(hint, locale, mark=DEFAULT_MARK) for hint in hints),
        colour=int(Colour.BLURPLE),
    )
    shown = 0
    for each in JobKind:
        of_kind = [model for model in wanted if model.kind is each]
        for first, rows in _fields(of_kind, in_full=kind is not None):
            if len(embed) + len("\n".join(rows)) > _EMBED_LENGTH:
                break
            name = translate(KINDS[each], locale) if first else _UNNAMED
            embed.add_field(name=name, value="\n".join(rows), inline=False)
            shown += len(rows)
    if shown < len(wanted):
        embed.set_footer(text=translate(MODELS_MORE, locale, count=len(wanted) - shown))
    return embed


def _row(model: ModelLine, *, in_full: bool) -> str:
    mark = f"{DEFAULT_MARK} " if model.is_default else ""
    head = f"{mark}**{quote_prompt(model.label, 80) or '…'}** · {quote_prompt(model.price, 60)}"
    lines = [head, quote_prompt(model.takes, 120)]
    if in_full:
        named = (quote_code(name, 80) for name in (model.name, *model.options))
        lines.append(" ".join(filter(None, named)))
    return "\n".join(filter(None, lines))


def _fields(models: Sequence[ModelLine], *, in_full: bool) -> Iterator[tuple[bool, list[str]]]:
    """Yield the rows of *models* in parts that each fit into a field, the first one marked."""
    rows: list[str] = []
    first = True
    for model in models:
        row = _row(model, in_full=in_full)[:_FIELD_LENGTH]
        if rows and len("\n".join([*rows, row])) > _FIELD_LENGTH:
            yield first, rows
            first, rows = False, []
        rows.append(row)
    if rows:
        yield first, rows
