"""The tables fit the records."""

import dataclasses

from db.records import Draft, Job
from db.tables import drafts, jobs, ledger


def test_each_field_of_a_job_is_a_column() -> None:
    """Nothing the bot knows of a job is forgotten at a restart."""
    assert sorted(field.name for field in dataclasses.fields(Job)) == sorted(jobs.columns.keys())


def test_each_field_of_a_draft_is_a_column() -> None:
    """Nothing the bot knows of a draft is forgotten at a restart."""
    assert [field.name for field in dataclasses.fields(Draft)] == drafts.columns.keys()


def test_only_fields_that_may_be_none_may_be_null() -> None:
    """A job read back has the types its record promises."""
    for field in dataclasses.fields(Job):
        assert jobs.c[field.name].nullable == ("None" in str(field.type)), field.name


def test_the_ledger_can_forget_the_requester() -> None:
    """What the ledger keeps of a forgotten requester names them only where the column may be null."""
    assert ledger.columns.keys() == [
        *("job_id", "day", "amount", "settled", "user_id"),
        *("guild_id", "model", "ending", "reported"),
    ]
    assert ledger.c.user_id.nullable
