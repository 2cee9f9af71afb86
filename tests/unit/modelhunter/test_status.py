"""What the API's word for a task and its evidence mean together."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.modelhunter import TaskStatus
from bot.modelhunter.status import Evidence, is_understood, read_status

NOTHING = Evidence()
RESULT = Evidence(result=True)
ERROR = Evidence(error=True)
COMPLETED = Evidence(completed=True)
RESULT_ERROR = Evidence(result=True, error=True)
DONE_RESULT = Evidence(result=True, completed=True)
DONE_ERROR = Evidence(error=True, completed=True)
ALL = Evidence(result=True, error=True, completed=True)
EVERY = (NOTHING, RESULT, ERROR, COMPLETED, RESULT_ERROR, DONE_RESULT, DONE_ERROR, ALL)

SUCCEEDED, FAILED, CANCELLED = TaskStatus.SUCCEEDED, TaskStatus.FAILED, TaskStatus.CANCELLED
RUNNING, UNKNOWN, EXPIRED = TaskStatus.RUNNING, TaskStatus.UNKNOWN, TaskStatus.EXPIRED

NO_WORDS: tuple[object, ...] = (
    None,
    "",
    "   ",
    "?",
    7,
    -1,
    3.5,
    True,
    float("nan"),
    [],
    ["failed"],
    {"a": "failed"},
)
UNKNOWN_WORDS = ("dreaming", "x" * 500, "abgebrochen", "\ud83e", "succeeded-ish", "not_failed")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("canceled", CANCELLED),
        ("cancelled", CANCELLED),
        ("aborted", CANCELLED),
        ("stopped", CANCELLED),
        ("error", FAILED),
        ("failure", FAILED),
        ("failed", FAILED),
        ("timeout", FAILED),
        ("timed out", FAILED),
        ("TimedOut", FAILED),
        ("TIMED-OUT", FAILED),
        ("rejected", FAILED),
        ("success", SUCCEEDED),
        ("successful", SUCCEEDED),
        ("done", SUCCEEDED),
        ("completed", SUCCEEDED),
        ("COMPLETE", SUCCEEDED),
        ("Finished", SUCCEEDED),
        (" SUCCEEDED\n", SUCCEEDED),
        ("TASK_STATUS_SUCCEEDED", SUCCEEDED),
        ("TaskStatus.FAILED", FAILED),
        ("Expired", EXPIRED),
        ("processing", RUNNING),
        ("in_progress", RUNNING),
        ("InProgress", RUNNING),
        ("In Progress", RUNNING),
        ("cancelling", RUNNING),
        ("retrying", RUNNING),
        ("completing", RUNNING),
        ("waiting", TaskStatus.QUEUED),
        ("created", TaskStatus.PENDING),
    ],
)
def test_status_words_in_any_spelling(word: str, status: TaskStatus) -> None:
    """Every common word for an ending, and for going on, is understood without evidence."""
    assert read_status(word, NOTHING) is status
    assert is_understood(status, NOTHING)


@pytest.mark.parametrize("word", [*NO_WORDS, *UNKNOWN_WORDS])
@pytest.mark.parametrize(
    ("evidence", "status"),
    [
        (NOTHING, UNKNOWN),
        (RESULT, SUCCEEDED),
        (ERROR, FAILED),
        (COMPLETED, SUCCEEDED),
        (RESULT_ERROR, SUCCEEDED),
        (DONE_RESULT, SUCCEEDED),
        (ALL, SUCCEEDED),
    ],
)
def test_unknown_status_words_leave_it_to_the_evidence(
    word: object, evidence: Evidence, status: TaskStatus
) -> None:
    """Without a word that is known a result, an error or a time of completion is an ending."""
    is_named_failure = word == "not_failed" and evidence == COMPLETED
    assert read_status(word, evidence) is (FAILED if is_named_failure else status)
    assert is_understood(status, evidence) is (status is not UNKNOWN)


@pytest.mark.parametrize("word", NO_WORDS)
def test_an_error_of_a_completed_task_is_a_failure(word: object) -> None:
    """A time of completion and an error without a result are a failure."""
    assert read_status(word, DONE_ERROR) is FAILED


@pytest.mark.parametrize(
    ("word", "status"), [("user_cancel", CANCELLED), ("provider_errored", FAILED)]
)
def test_parts_of_unknown_status_words(word: str, status: TaskStatus) -> None:
    """A part of an unknown word counts only where a time of completion shows an ending."""
    assert read_status(word, COMPLETED) is status
    assert read_status(word, NOTHING) is UNKNOWN


@pytest.mark.parametrize(
    ("word", "evidence", "status"),
    [
        ("succeeded", ERROR, FAILED),
        ("succeeded", DONE_ERROR, FAILED),
        ("succeeded", RESULT_ERROR, SUCCEEDED),
        ("expired", ERROR, FAILED),
        ("expired", DONE_RESULT, EXPIRED),
        ("failed", RESULT, FAILED),
        ("failed", COMPLETED, FAILED),
        ("cancelled", ERROR, CANCELLED),
        ("cancelled", RESULT, CANCELLED),
        ("aborted", ERROR, FAILED),
        ("aborted", COMPLETED, CANCELLED),
        ("running", DONE_RESULT, SUCCEEDED),
        ("running", DONE_ERROR, FAILED),
        ("pending", ALL, SUCCEEDED),
    ],
)
def test_evidence_that_contradicts_the_status_word(
    word: str, evidence: Evidence, status: TaskStatus
) -> None:
    """An ending's word counts, but for a success with nothing but an error; completion ends the rest."""
    assert read_status(word, evidence) is status
    assert is_understood(status, evidence)


@pytest.mark.parametrize("evidence", [RESULT, ERROR, COMPLETED, RESULT_ERROR])
def test_a_running_task_with_odd_evidence_is_not_understood(evidence: Evidence) -> None:
    """A word for going on with evidence of an ending goes on, but is not understood."""
    assert read_status("running", evidence) is RUNNING
    assert not is_understood(RUNNING, evidence)


def test_every_status_reads_as_itself() -> None:
    """A status that was read once is read as itself again, whatever the evidence was."""
    for status, evidence in itertools.product(TaskStatus, EVERY):
        read = read_status(status.value, evidence)
        assert read_status(read.value, evidence) is read


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(ANY_JSON, st.sampled_from(EVERY))
def test_any_status_word_is_read(word: object, evidence: Evidence) -> None:
    """Anything is read, and only what is understood or has no evidence goes on as it is."""
    status = read_status(word, evidence)
    assert not (status is UNKNOWN and evidence != NOTHING)
    assert is_understood(status, evidence) or not status.is_ending
