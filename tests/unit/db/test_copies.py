"""A changed job is what `dataclasses.replace` would make of it."""

import copy
import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.copies import FIELDS, changed, copied, make_job, values_of
from db.records import Job, JobProgress, JobState, Reason
from tests.integration.db.repositories.builders import a_job

PROGRESS = [field.name for field in dataclasses.fields(JobProgress)]
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_any_fields_of_a_job_change_as_replaced_ones_do(fields: dict[str, object]) -> None:
    """Fields that are named have the new values, and all others those that they had."""
    before = a_job(7, task_id="t-7", price_usual=Decimal("0.2"))
    values = {name: getattr(before, name) for name in FIELDS} | fields
    after = copied(before, fields)
    assert type(after) is Job
    assert {name: getattr(after, name) for name in FIELDS} == values
    assert after == Job(**values)
    assert before == a_job(7, task_id="t-7", price_usual=Decimal("0.2"))


def test_a_changed_job_is_a_whole_one() -> None:
    """It is frozen, has no place for another field, and is equal, shown and copied as any other."""
    before = a_job(7)
    after = changed(before, state=JobState.LOST, reason=Reason.UNCLEAR)
    assert after == dataclasses.replace(before, state=JobState.LOST, reason=Reason.UNCLEAR)
    assert repr(after) == repr(dataclasses.replace(after))
    assert copy.copy(after) == copy.deepcopy(after) == after
    assert not hasattr(after, "__dict__")
    for field in FIELDS:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(after, field, None)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(after, field)


def test_a_job_is_made_of_the_values_of_all_its_fields() -> None:
    """One value too few or too many makes no job."""
    job = a_job(7)
    values = values_of(job)
    assert make_job(values) == job
    for wrong in (values[:-1], (*values, None)):
        with pytest.raises(TypeError):
            make_job(wrong)


def test_what_a_request_was_does_not_change() -> None:
    """The fields that may be changed by name are those that are not written with the request."""
    written_once = set(FIELDS) - set(PROGRESS)
    assert {"id", "prompt", "body", "user_id", "price_high", "created_at"} <= written_once
    assert {"state", "version", "owner", "shown", "cost"} <= set(PROGRESS)
    with pytest.raises(KeyError):
        copied(a_job(7), {"no_field": 1})
