"""Form layout: the fields of a form, drawn as Discord takes them. Pure.

A form has at most five fields (Discord docs: Interaction Callback, Modal). A new one has a list of
lengths or sizes; one that is filled in from a job or a refused form shows all options as text, as in
the commands, so that none is carried on unseen.
"""

from collections.abc import Iterable, Sequence

import discord

from bot.catalogue import Catalogue, Kind
from bot.catalogue.options import Text as FreeText
from bot.discord.cards.markdown import clip, clip_at_word, plain
from bot.discord.cards.model_list import DEFAULT_MARK
from bot.discord.interactions.form_choices import (
    DURATION,
    MEASURES,
    VOICE,
    WITH_IMAGE,
    Offer,
    is_dialogue,
    measures,
    offers,
    shown_options,
)
from bot.discord.interactions.form_fields import Field, Tick, custom_id_of
from bot.discord.interactions.form_files import file_labels
from bot.discord.interactions.form_labels import (
    HINT_LENGTH,
    LABEL_LENGTH,
    LONGEST_TEXT,
    label_of,
)
from bot.discord.interactions.model_lines import unit_price
from bot.jobs.admission.form_starts import FormSource, FormStart
from bot.locales.form_texts import (
    FORM_DIALOGUE,
    FORM_DIALOGUE_EXAMPLE,
    FORM_DIALOGUE_HINT,
    FORM_DURATION,
    FORM_KEEP_FILES,
    FORM_MEASURE_DEFAULT,
    FORM_MODEL,
    FORM_MODEL_DEFAULT,
    FORM_MODEL_WITH_IMAGE,
    FORM_MODEL_WITHOUT_IMAGE,
    FORM_MORE,
    FORM_OPTIONS,
    FORM_OPTIONS_HINT,
    FORM_PRIVATE,
    FORM_PROMPT,
    FORM_PROMPT_HINT,
    FORM_SECONDS,
    FORM_SIZE,
    FORM_SPOILER,
    FORM_TAKEN_BY,
    FORM_TEXT,
    FORM_TEXT_HINT,
    FORM_TITLE_DIALOGUE,
    FORM_TITLES,
    FORM_VOICE,
    FORM_VOICE_HINT,
    FORM_VOICE_OF_OTHERS,
)
from bot.locales.translate import translate
from db.records import JobKind

_Modal = discord.ui.Modal


def form(
    start: FormStart, source: FormSource, catalogue: Catalogue, locale: str
) -> discord.ui.Modal:
    """Return the form that holds *start*."""
    drawn = _Modal(title=_title(start, locale), custom_id=custom_id_of(source))
    for label in _labels(start, catalogue, locale):
        drawn.add_item(label)
    # discord.py keeps every form it sends until it has finished; ours are found by their custom_id.
    drawn.stop()
    return drawn


def _title(start: FormStart, locale: str) -> str:
    title = FORM_TITLE_DIALOGUE if is_dialogue(start) else FORM_TITLES[start.kind]
    return clip(translate(title, locale), LABEL_LENGTH)


def _labels(
    start: FormStart, catalogue: Catalogue, locale: str
) -> Iterable[discord.ui.Label[_Modal]]:
    offered = offers(start, catalogue)
    yield _prompt(start, offered, locale)
    yield from _model(start, catalogue, offered, locale)
    if not start.is_new:
        yield _options(start, locale)
    elif start.kind in MEASURES:
        yield from _measure(start, offered, locale)
    else:
        yield _voice(start, offered, locale)
    yield from file_labels(start, offered, catalogue, locale)
    yield _more(start, locale)


def _prompt(start: FormStart, offered: Sequence[Offer], locale: str) -> discord.ui.Label[_Modal]:
    longest = max((it.capability.prompt_limit for it in offered), default=LONGEST_TEXT)
    label, hint, example = FORM_PROMPT, FORM_PROMPT_HINT, None
    if is_dialogue(start):
        label, hint = FORM_DIALOGUE, FORM_DIALOGUE_HINT
        example = clip(translate(FORM_DIALOGUE_EXAMPLE, locale), HINT_LENGTH)
    elif start.kind is JobKind.SPEECH:
        label, hint = FORM_TEXT, FORM_TEXT_HINT
    text: discord.ui.TextInput[_Modal] = discord.ui.TextInput(
        custom_id=Field.PROMPT,
        style=discord.TextStyle.paragraph,
        placeholder=example,
        default=start.prompt or None,
        max_length=min(LONGEST_TEXT, max(longest, len(start.prompt))),
    )
    return label_of(label, locale, text, hint)


def _model(
    start: FormStart,
    catalogue: Catalogue,
    offered: Sequence[Offer],
    locale: str,
) -> Iterable[discord.ui.Label[_Modal]]:
    """Yield the list of models, cheapest first; none where there is nothing to choose from."""
    if len(offered) < 2:
        return
    kind, given = Kind(start.kind), start.given
    has_default = bool(catalogue.models(kind, given))
    default = catalogue.default(kind, given) if has_default else offered[0].model
    held = catalogue.choose(kind, start.model, given) if start.model else None
    chosen = start.model if held is None else held.name
    options = [
        discord.SelectOption(
            label=clip(f"{DEFAULT_MARK} {it.label}" if it == default else it.label, HINT_LENGTH),
            value=it.name,
            description=clip(_takes(offer, start, locale), HINT_LENGTH),
            default=it.name == chosen,
        )
        for offer in offered
        for it in (offer.model,)
    ]
    placeholder = translate(FORM_MODEL_DEFAULT, locale, model=default.label)
    yield label_of(FORM_MODEL, locale, _select(Field.MODEL, options, placeholder))


def _takes(offer: Offer, start: FormStart, locale: str) -> str:
    """Return what the model costs, and whether an image must or can't be handed in."""
    price = unit_price(offer.model, locale, offer.given)
    if start.given or (not offer.given and offer.model.capability(WITH_IMAGE)):
        return price
    text = FORM_MODEL_WITH_IMAGE if offer.given else FORM_MODEL_WITHOUT_IMAGE
    return translate(text, locale, price=price)


def _measure(
    start: FormStart, offered: Sequence[Offer], locale: str
) -> Iterable[discord.ui.Label[_Modal]]:
    """Yield the list of lengths or sizes of all models; none where no model has any."""
    name = MEASURES[start.kind]
    taken_by = measures(name, offered)
    if not taken_by:
        return
    having = [it.model.label for it in offered if name in it.capability.options]
    held = str(start.options.get(name, ""))
    options = [
        discord.SelectOption(
            label=clip(_measured(name, value, locale), HINT_LENGTH),
            value=value,
            description=None if models == having else _only(models, locale),
            default=value == held,
        )
        for value, models in taken_by.items()
    ]
    label = FORM_DURATION if name == DURATION else FORM_SIZE
    placeholder = translate(FORM_MEASURE_DEFAULT, locale)
    yield label_of(label, locale, _select(Field.MEASURE, options, placeholder))


def _measured(name: str, value: str, locale: str) -> str:
    return translate(FORM_SECONDS, locale, value=value) if name == DURATION else value


def _only(models: Sequence[str], locale: str) -> str:
    return clip_at_word(translate(FORM_TAKEN_BY, locale, models=", ".join(models)), HINT_LENGTH)


def _voice(start: FormStart, offered: Sequence[Offer], locale: str) -> discord.ui.Label[_Modal]:
    voices = [it.capability.options[VOICE] for it in offered if VOICE in it.capability.options]
    example = next(
        (it.examples[0] for it in voices if isinstance(it, FreeText) and it.examples), ""
    )
    hint = translate(FORM_VOICE_HINT, locale, voice=example) if example else ""
    text: discord.ui.TextInput[_Modal] = discord.ui.TextInput(
        custom_id=Field.VOICE,
        placeholder=clip(hint, HINT_LENGTH),
        default=str(start.options.get(VOICE, "")) or None,
        required=False,
        max_length=HINT_LENGTH,
    )
    return label_of(FORM_VOICE_OF_OTHERS if is_dialogue(start) else FORM_VOICE, locale, text)


def _options(start: FormStart, locale: str) -> discord.ui.Label[_Modal]:
    text: discord.ui.TextInput[_Modal] = discord.ui.TextInput(
        custom_id=Field.OPTIONS,
        style=discord.TextStyle.paragraph,
        default=shown_options(start) or None,
        required=False,
        max_length=LONGEST_TEXT,
    )
    return label_of(FORM_OPTIONS, locale, text, FORM_OPTIONS_HINT)


def _more(start: FormStart, locale: str) -> discord.ui.Label[_Modal]:
    ticks: discord.ui.CheckboxGroup[_Modal] = discord.ui.CheckboxGroup(
        custom_id=Field.MORE, required=False, min_values=0
    )
    private = clip(translate(FORM_PRIVATE, locale), HINT_LENGTH)
    ticks.add_option(label=private, value=Tick.PRIVATE, default=start.private)
    if start.kind is not JobKind.SPEECH:
        spoiler = clip(translate(FORM_SPOILER, locale), HINT_LENGTH)
        ticks.add_option(label=spoiler, value=Tick.SPOILER, default=start.spoiler)
    if start.given:
        names = ", ".join([it.name for it in start.inputs] + [it.name for it in start.files])
        keep = clip(translate(FORM_KEEP_FILES, locale, names=plain(names)), HINT_LENGTH)
        ticks.add_option(label=keep, value=Tick.KEEP, default=True)
    return label_of(FORM_MORE, locale, ticks)


def _select(
    field: Field, options: list[discord.SelectOption], placeholder: str
) -> discord.ui.Select[_Modal]:
    return discord.ui.Select(
        custom_id=field,
        options=options,
        placeholder=clip(placeholder, HINT_LENGTH),
        required=False,
        min_values=0,
    )
