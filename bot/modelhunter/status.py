"""Status of a task: what the API's word and its evidence mean together. Pure.

The documentation has two vocabularies (task status page, model pages), and providers behind the API
have their own. So a task has ended if its word says so or if its evidence does:

- A word for an ending counts, in any spelling. Two are failures if there is an error: a success that
  shows no result, and a word that does not say who ended the task, such as "aborted".
- A word that is not known says nothing, and the evidence decides: a result is a success, an error a
  failure, and a time of completion alone an ending whose result has yet to be asked for.
- A word for going on counts, unless a time of completion comes with a result or an error. Any other
  evidence contradicts it, and which of the two is right is not understood.
- Without a known word and without evidence the status is not understood.

What is not understood goes on for a bounded time: see `bot.jobs.lifecycle.unclear`.
"""

import dataclasses
import enum
import functools
import logging
import re

_log = logging.getLogger(__name__)


class TaskStatus(enum.StrEnum):
    """The status of a task, in the API's words (ModelHunter docs: task status page)."""

    PENDING = "pending"  # accepted, waiting at ModelHunter
    QUEUED = "queued"  # handed to the provider, waiting there
    RUNNING = "running"  # the provider is generating
    SUCCEEDED = "succeeded"  # done; there are results
    FAILED = "failed"  # there is an error
    CANCELLED = "cancelled"  # cancelled before completion
    EXPIRED = "expired"  # the result's address has expired
    UNKNOWN = "unknown"  # not a word of the API's: neither word nor evidence is understood

    @property
    def is_ending(self) -> bool:
        """Whether a task with this status has ended."""
        return self in _ENDINGS


_ENDINGS = frozenset(
    {TaskStatus.SUCCEEDED, TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.EXPIRED}
)

# Words as `_normal` writes them. What is not listed is not known.
_WORDS = {
    TaskStatus.PENDING: "pending accepted created new submitted submitting received not_started",
    TaskStatus.QUEUED: "queued queueing queuing enqueued in_queue waiting scheduled throttled",
    TaskStatus.RUNNING: (
        "running processing in_progress progress progressing started starting working active "
        "executing generating rendering preparing uploading downloading finalizing finishing "
        "completing retrying cancelling canceling"
    ),
    TaskStatus.SUCCEEDED: (
        "succeeded succeed success successful completed complete done finished finish"
    ),
    TaskStatus.FAILED: (
        "failed fail failure error errored timeout timed_out time_out rejected denied blocked "
        "crashed moderated"
    ),
    TaskStatus.CANCELLED: "cancelled canceled cancel revoked aborted abort stopped terminated killed",
    TaskStatus.EXPIRED: "expired",
}
_MEANINGS = {word: status for status, words in _WORDS.items() for word in words.split()}
# By whom is open: with an error they are failures.
_ENDED_BY_FORCE = frozenset({"aborted", "abort", "stopped", "terminated", "killed"})
# What may come before the word, as in "TASK_STATUS_SUCCEEDED" and "TaskStatus.SUCCEEDED".
_PREFIX = re.compile(r"\A(?:(?:generation|prediction|task|job|status|state)_)+(?=.)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")
_LONGEST_WORD = 60
# Parts of words that are not known, which count where a time of completion shows an ending.
_PARTS = (
    (TaskStatus.CANCELLED, ("cancel", "abort")),
    (TaskStatus.FAILED, ("fail", "error", "reject", "timeout")),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a task shows besides its word."""

    result: bool = False  # at least one address
    error: bool = False
    completed: bool = False  # a time of completion


def read_status(word: object, evidence: Evidence) -> TaskStatus:
    """Return what *word*, which may be of any type, and *evidence* mean together."""
    spelled = _normal(word)
    meaning = _MEANINGS.get(spelled)
    if meaning is None:
        if spelled:
            _log_unknown(spelled)
        return _by_evidence(spelled, evidence)
    if meaning.is_ending:
        return _ending(spelled, meaning, evidence)
    if evidence.completed and (evidence.result or evidence.error):
        return _by_evidence("", evidence)
    return meaning


def is_understood(status: TaskStatus, evidence: Evidence) -> bool:
    """Return whether *status*, as it was read, is a known one that no evidence contradicts."""
    return status.is_ending or (status is not TaskStatus.UNKNOWN and evidence == Evidence())


def _ending(spelled: str, meaning: TaskStatus, evidence: Evidence) -> TaskStatus:
    """Return the ending that a word says; an error shows what it leaves open."""
    if not evidence.error:
        return meaning
    claims_result = meaning in {TaskStatus.SUCCEEDED, TaskStatus.EXPIRED}
    is_failure = spelled in _ENDED_BY_FORCE or (claims_result and not evidence.result)
    return TaskStatus.FAILED if is_failure else meaning


def _by_evidence(spelled: str, evidence: Evidence) -> TaskStatus:
    if evidence.result:
        return TaskStatus.SUCCEEDED
    if evidence.completed:
        for status, parts in _PARTS:
            if any(part in spelled for part in parts):
                return status
    if evidence.error:
        return TaskStatus.FAILED
    return TaskStatus.SUCCEEDED if evidence.completed else TaskStatus.UNKNOWN


def _normal(word: object) -> str:
    """Return "timed_out" for "TimedOut", " TIMED OUT " and "STATUS_TIMED-OUT"; "" for no word."""
    if not isinstance(word, str):
        return ""
    parted = _CAMEL.sub("_", word.strip()[:_LONGEST_WORD])
    return _PREFIX.sub("", _BETWEEN.sub("_", parted).casefold().strip("_"), count=1)


@functools.lru_cache(maxsize=64)  # so that each new word is logged once, not at every poll
def _log_unknown(word: str) -> None:
    _log.warning("unknown task status %r: what else the task shows decides", word)
