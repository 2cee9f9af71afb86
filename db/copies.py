"""Copies: make jobs of the values of their fields, and of other jobs with some fields changed.

A job has some sixty fields. The constructor of a frozen dataclass sets each through `object`, which
takes longer than SQLite does for the row, and `dataclasses.replace` hands it every field by name. A
job changes about forty times from its request to its end. So jobs are filled while they are of a
class of the same layout that is not frozen yet, in a twentieth of that time.
"""

import dataclasses
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Concatenate, ParamSpec

from db.records import Job, JobProgress

Fields = ParamSpec("Fields")

FIELDS = tuple(field.name for field in dataclasses.fields(Job))
_POSITIONS = {name: position for position, name in enumerate(FIELDS)}

_UNFROZEN: type[Job] = type(
    "UnfrozenJob",
    Job.__bases__,
    {
        "__slots__": Job.__slots__,
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,  # the interpreter is fast where both are its own
    },
)

values_of: Callable[[Job], tuple[object, ...]] = operator.attrgetter(*FIELDS)


def maker(names: Sequence[str]) -> Callable[[Iterable[object]], Job]:
    """Return what makes a job of the values of its fields, which are *names* in this order."""
    # The constructor of a dataclass that is not frozen, which takes any object with these fields.
    fill: Callable[..., None] = vars(dataclasses.make_dataclass("Filled", names))["__init__"]
    new = object.__new__

    def make(values: Iterable[object]) -> Job:
        job = new(_UNFROZEN)
        fill(job, *values)
        job.__class__ = Job
        return job

    return make


make_job = maker(FIELDS)


def copied(job: Job, fields: Mapping[str, object]) -> Job:
    """Return *job* with other values of these fields, whatever they are."""
    values = list(values_of(job))
    for name, value in fields.items():
        values[_POSITIONS[name]] = value
    return make_job(values)


def _changer(_: Callable[Fields, JobProgress]) -> Callable[Concatenate[Job, Fields], Job]:
    def changed(job: Job, /, *_: Fields.args, **fields: Fields.kwargs) -> Job:
        return copied(job, fields)

    return changed


# `changed(job, late=True)` is the job with this field changed. Names and types are checked as those
# of JobProgress: a request is written once.
changed = _changer(JobProgress)
