"""Model list: what there is, what it costs and what it takes, ten models at a time. Pure."""

import dataclasses
from collections.abc import Sequence

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.job_list import count_line, kind_menu
from bot.discord.cards.list_layout import (
    LONGEST_ROW,
    MOST_ROWS,
    Layout,
    ListPage,
    ListRow,
    list_layout,
    page_count,
)
from bot.discord.cards.list_place import FIRST_PLACE, ListPlace
from bot.discord.cards.markdown import quote_code, quote_prompt
from bot.discord.cards.views import MenuAction
from bot.locales.button_texts import BUTTON_BACK, BUTTON_MORE
from bot.locales.list_texts import (
    KINDS,
    MODELS_COUNT,
    MODELS_COUNT_ONE,
    MODELS_DEFAULT,
    MODELS_TEXT,
    MODELS_TITLE,
)
from bot.locales.translate import translate
from db.records import JobKind

DEFAULT_MARK = "\N{BLACK STAR}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine:
    """One model of the catalogue, as a row of `/models`; all but the name are ready to be read."""

    kind: JobKind
    name: str  # what is typed as `model`
    label: str
    price: str
    takes: str = ""  # such as "3–15 s · up to 2,500 characters"  # noqa: RUF003, a range
    options: tuple[str, ...] = ()  # as they are typed
    is_default: bool = False


def model_list(models: Sequence[ModelLine], locale: str, place: ListPlace = FIRST_PLACE) -> Layout:
    """Return a page of *models*, those of a kind together, or the last page.

    With a kind in *place*, those of that kind alone, each with its name and the options it takes.
    """
    wanted = [
        model
        for kind in JobKind
        for model in models
        if model.kind is kind and place.kind in {None, kind}
    ]
    pages = page_count(len(wanted))
    place = ListPlace(page=min(place.page, pages - 1), kind=place.kind)
    shown = wanted[place.page * MOST_ROWS : (place.page + 1) * MOST_ROWS]
    return list_layout(
        ListPage(
            heading=_heading(len(wanted), place, pages, locale),
            rows=[ListRow(text=_row(model, place, locale)) for model in shown],
            place=place,
            pages=pages,
            turn=ButtonAction.MODELS_PAGE,
            menus=[kind_menu(MenuAction.MODELS_KIND, place.kind, locale)],
            older=(BUTTON_BACK, BUTTON_MORE),
        ),
        locale,
    )


def _heading(count: int, place: ListPlace, pages: int, locale: str) -> str:
    hints = (translate(hint, locale, mark=DEFAULT_MARK) for hint in (MODELS_TEXT, MODELS_DEFAULT))
    counted = (
        translate(MODELS_COUNT_ONE, locale)
        if count == 1
        else translate(MODELS_COUNT, locale, count=count)
    )
    return "\n".join(
        [
            f"### {translate(MODELS_TITLE, locale)}",
            " ".join(hints),
            count_line(counted, place, pages, locale),
        ]
    )


def _row(model: ModelLine, place: ListPlace, locale: str) -> str:
    """Return a row; the options that have no room are left out whole, as "…"."""
    mark = f"{DEFAULT_MARK} " if model.is_default else ""
    head = f"{mark}**{quote_prompt(model.label, 60) or '…'}** · {quote_prompt(model.price, 60)}"
    kind = None if place.kind else translate(KINDS[model.kind], locale)
    takes = " · ".join(filter(None, (kind, quote_prompt(model.takes, 110))))
    text = "\n".join([head, *([f"-# {takes}"] if takes else [])])
    if place.kind is None:
        return text
    names = filter(None, (quote_code(name, 60) for name in (model.name, *model.options)))
    return _with_names(f"{text}\n-#", list(names))


def _with_names(text: str, names: Sequence[str]) -> str:
    for name in names:
        if len(text) + len(name) + len(" …") >= LONGEST_ROW:
            return f"{text} …"
        text = f"{text} {name}"
    return text if names else text.removesuffix("\n-#")
