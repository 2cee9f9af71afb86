"""Input error texts: why a model does not take the files it was given, and what it takes. Pure."""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal

from bot.catalogue import (
    InputMissing,
    InputNotTaken,
    InputOutside,
    Limit,
    Medium,
    Slot,
    TooManyInputs,
    TooManyLines,
)
from bot.jobs.errors import (
    InputDenied,
    InputGone,
    InputMadeForAnother,
    InputOfParts,
    InputsBusy,
    InputTooManyPixels,
    InputUnreachable,
    InputUnreadable,
    InputWrongMedium,
    NothingTakesFiles,
)
from bot.locales.input_texts import (
    DIALOGUE_NOT_TAKEN,
    DIALOGUE_TOO_LONG,
    INPUT_ASPECT,
    INPUT_BYTES,
    INPUT_GONE,
    INPUT_LARGEST_SIDE,
    INPUT_LONGEST,
    INPUT_MADE_FOR_ANOTHER,
    INPUT_MISSING,
    INPUT_NO_PICTURE,
    INPUT_NO_SOUND,
    INPUT_NO_VIDEO,
    INPUT_NONE_TAKEN,
    INPUT_NOT_TAKEN,
    INPUT_NOT_TOGETHER,
    INPUT_OF_PARTS,
    INPUT_SHORTEST,
    INPUT_SMALLEST_SIDE,
    INPUT_TOO_MANY,
    INPUT_TOO_MANY_PIXELS,
    INPUT_TYPE,
    INPUT_UNREACHABLE,
    INPUT_UNREADABLE,
    INPUTS_BUSY,
    INPUTS_TAKEN_BY_NONE,
    SLOTS_EITHER,
)
from bot.locales.translate import Text, translate

_MEGABYTE = Decimal(1_000_000)
_TENTH = Decimal("0.1")
# Formats whose usual name is not the end of their media type.
_FORMATS = {"audio/mpeg": "MP3", "audio/mp4": "M4A", "video/quicktime": "MOV"}
_WITH_ONE_LIMIT: Mapping[Limit, Text] = {
    Limit.SMALLEST_SIDE: INPUT_SMALLEST_SIDE,
    Limit.LARGEST_SIDE: INPUT_LARGEST_SIDE,
    Limit.SHORTEST: INPUT_SHORTEST,
    Limit.LONGEST: INPUT_LONGEST,
}
_OF_MEDIUM: Mapping[Medium, Text] = {
    Medium.IMAGE: INPUT_NO_PICTURE,
    Medium.VIDEO: INPUT_NO_VIDEO,
    Medium.AUDIO: INPUT_NO_SOUND,
}
_MILLION = 1_000_000


def format_name(media_type: str) -> str:
    """Return the usual name of a format: "image/png" is PNG."""
    return _FORMATS.get(media_type, media_type.rpartition("/")[2].removeprefix("x-").upper())


def _not_taken(error: InputNotTaken, locale: str) -> str:
    text = INPUT_NOT_TAKEN if error.takes else INPUT_NONE_TAKEN
    if error.slot in error.takes:
        text = INPUT_NOT_TOGETHER
    slots = ", ".join(map(_typed, error.takes))
    return translate(text, locale, model=error.model_label, slot=_typed(error.slot), slots=slots)


def _missing(error: InputMissing, locale: str) -> str:
    slots = _either(error.needs, locale)
    return translate(INPUT_MISSING, locale, model=error.model_label, slots=slots)


def _either(slots: Sequence[Slot], locale: str) -> str:
    named = list(map(_typed, slots))
    if len(named) == 1:
        return named[0]
    return translate(SLOTS_EITHER, locale, some=", ".join(named[:-1]), last=named[-1])


def _too_many(error: TooManyInputs, locale: str) -> str:
    return translate(
        INPUT_TOO_MANY,
        locale,
        model=error.model_label,
        limit=error.limit,
        slot=_typed(error.slot),
        count=error.count,
    )


def _outside(error: InputOutside, locale: str) -> str:
    named = {"model": error.model_label, "slot": _typed(error.slot)}
    allowed, value = error.broken.allowed, error.broken.value
    match error.broken.limit:
        case Limit.TYPE:
            types = ", ".join(map(format_name, allowed))
            return translate(INPUT_TYPE, locale, **named, types=types)
        case Limit.BYTES:
            limit, size = _megabytes(allowed[0]), _megabytes(value)
            return translate(INPUT_BYTES, locale, **named, limit=limit, value=size)
        case Limit.ASPECT:
            return translate(
                INPUT_ASPECT, locale, **named, low=allowed[0], high=allowed[-1], value=value
            )
        case limited:
            text = _WITH_ONE_LIMIT[limited]
            return translate(text, locale, **named, limit=allowed[0], value=value)


def _megabytes(size: str) -> str:
    """Return bytes as megabytes with one digit, rounded up so that too many never look allowed."""
    megabytes = (Decimal(size) / _MEGABYTE).quantize(_TENTH, rounding=ROUND_CEILING)
    return f"{megabytes.normalize():f}"


def _taken_by_none(error: NothingTakesFiles, locale: str) -> str:
    return translate(INPUTS_TAKEN_BY_NONE, locale, slots=", ".join(map(_typed, error.slots)))


def _too_many_lines(error: TooManyLines, locale: str) -> str:
    text = DIALOGUE_NOT_TAKEN if error.limit == 1 else DIALOGUE_TOO_LONG
    return translate(text, locale, model=error.model_label, limit=error.limit, count=error.count)


def _wrong_medium(error: InputWrongMedium, locale: str) -> str:
    text = _OF_MEDIUM[error.slot.medium]
    return translate(text, locale, model=error.model_label, slot=_typed(error.slot))


def _too_many_pixels(error: InputTooManyPixels, locale: str) -> str:
    return translate(
        INPUT_TOO_MANY_PIXELS,
        locale,
        slot=_typed(error.slot),
        limit=error.most // _MILLION,
        most=error.longest,
        value=f"{error.width}x{error.height}",
    )


def _made_for_another(error: InputMadeForAnother, locale: str) -> str:
    slot = _typed(error.slot)
    return translate(INPUT_MADE_FOR_ANOTHER, locale, model=error.model_label, slot=slot)


def _of_parts(error: InputOfParts, locale: str) -> str:
    kind = format_name(error.media_type)
    return translate(INPUT_OF_PARTS, locale, slot=_typed(error.slot), types=kind)


def _of_slot(text: Text) -> Callable[[InputDenied, str], str]:
    """Return what makes the sentence of an error about which only the slot is to be said."""
    return lambda error, locale: translate(text, locale, slot=_typed(error.slot))


def _typed(slot: Slot) -> str:
    """Return the slot as the command's option, which is never translated."""
    return f"`{slot}`"


# By the class of the error; `error_texts` has those of all other errors.
INPUT_SENTENCES: Mapping[type[Exception], Callable[..., str]] = {
    InputNotTaken: _not_taken,
    NothingTakesFiles: _taken_by_none,
    InputMissing: _missing,
    TooManyInputs: _too_many,
    InputOutside: _outside,
    TooManyLines: _too_many_lines,
    InputWrongMedium: _wrong_medium,
    InputTooManyPixels: _too_many_pixels,
    InputMadeForAnother: _made_for_another,
    InputOfParts: _of_parts,
    InputUnreadable: _of_slot(INPUT_UNREADABLE),
    InputUnreachable: _of_slot(INPUT_UNREACHABLE),
    InputGone: _of_slot(INPUT_GONE),
    InputsBusy: _of_slot(INPUTS_BUSY),
}
