"""Input line: which files a job was given, as its card shows them. Pure."""

from bot.discord.cards.markdown import quote_code
from bot.locales.input_texts import INPUT_MADE_TO_FIT, INPUTS_GIVEN, INPUTS_MADE_TO_FIT
from bot.locales.translate import translate
from db.records import Job

_NAME_LENGTH = 40


def input_line(job: Job) -> str:
    """Return the names of the files that *job* was given, and whether any is made to fit."""
    if not job.inputs:
        return ""
    names = " · ".join(quote_code(it.name, _NAME_LENGTH) or "`…`" for it in job.inputs)
    given = translate(INPUTS_GIVEN, job.locale, files=names)
    fitted = sum(it.to_fit for it in job.inputs)
    if not fitted:
        return given
    said = INPUT_MADE_TO_FIT if fitted == 1 else INPUTS_MADE_TO_FIT
    return f"{given}\n{translate(said, job.locale)}"


def is_uploading(job: Job) -> bool:
    """Whether files of *job* are still to be handed to the API."""
    return any(it.address is None for it in job.inputs)
