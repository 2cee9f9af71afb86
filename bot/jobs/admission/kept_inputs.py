"""Kept inputs: files of an earlier job, and whether the capability of another request takes them. Pure.

They were measured for the capability that they were handed in for. For another one they are checked
by what was measured then, so that nothing is fetched again: a file that is at the API stays as it is,
and a picture that is not there yet can still be made to fit.
"""

import dataclasses

from bot.catalogue import Capability, InputFacts, Medium, Slot
from bot.jobs.admission.input_checks import as_fitted, picture_limits
from bot.jobs.errors import InputMadeForAnother
from bot.media.transcoding.plan import LONGEST_SIDE, MOST_PIXELS
from db.job_inputs import Inputs, JobInput


def taker_of(capability: Capability) -> str:
    """Return the name under which it is stored that a file was checked for *capability*."""
    return f"{capability.api_model}:{capability.name}"


def as_taken_by(inputs: Inputs, capability: Capability) -> Inputs:
    """Return *inputs* as *capability* takes them; those that were checked for it are as they were.

    What is not measured yet passes: it is checked once it is.

    Raises:
        InputOutside: A file is outside the limits of its slot.
        InputMadeForAnother: A picture was made to fit other limits.
    """
    return tuple(_taken(it, capability) for it in inputs)


def _taken(file: JobInput, capability: Capability) -> JobInput:
    taker, slot = taker_of(capability), Slot(file.slot)
    if file.checked_for in (None, taker):
        return file
    limits, facts = capability.inputs[slot].limits, _facts(file)
    checked = dataclasses.replace(file, checked_for=taker)
    if file.address is None and _can_be_fitted(slot, file):
        if not file.to_fit and limits.broken_by(facts) is None:
            return checked
        fitted = picture_limits(limits)
        if fitted.types:
            capability.check_file(slot, as_fitted(facts, fitted))
            return dataclasses.replace(checked, to_fit=True)
    if file.to_fit:
        raise InputMadeForAnother(slot, capability.model_label)
    capability.check_file(slot, facts)
    return checked


def _can_be_fitted(slot: Slot, file: JobInput) -> bool:
    sides = file.width or 0, file.height or 0
    return (
        slot.medium is Medium.IMAGE
        and 0 < max(sides) <= LONGEST_SIDE
        and 0 < sides[0] * sides[1] <= MOST_PIXELS
    )


def _facts(file: JobInput) -> InputFacts:
    return InputFacts(
        media_type=file.media_type,
        size=file.size,
        width=file.width,
        height=file.height,
        seconds=file.seconds,
    )
