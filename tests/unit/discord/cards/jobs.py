"""Jobs for the tests of cards: one by hand, and any at all."""

import dataclasses
from decimal import Decimal

from hypothesis import strategies as st

from db.records import (
    CancelControl,
    CardKind,
    FetchProblem,
    Job,
    JobKind,
    JobState,
    OptionValue,
    Reason,
)

SENT_AT = 1_800_000_000.0
# The locale of a reader for whom nothing is translated.
ENGLISH = "en-US"


def make_job(**changes: object) -> Job:
    """Return a job just accepted, but for *changes*."""
    job = Job(
        id=1_234_567_890_123_456_789,
        kind=JobKind.VIDEO,
        model="vidu-q3",
        prompt="a fox in the snow",
        options={"duration": 5, "aspect_ratio": "16:9", "resolution": "720p", "seed": 42},
        endpoint="vidu/text-to-video",
        body={},
        user_id=11,
        guild_id=22,
        channel_id=33,
        message_id=44,
        price_low=Decimal("0.20"),
        price_high=Decimal("0.40"),
        created_at=SENT_AT - 1,
    )
    return dataclasses.replace(job, **changes)  # type: ignore[arg-type]


_IDS = st.integers(min_value=1, max_value=2**63 - 1)
# Long by repetition: as long as what is typed can be, without drawing each character of it.
_LONG_TEXTS = st.builds(
    lambda part, length: (part * length)[:length],
    st.text(min_size=1, max_size=20),
    st.integers(min_value=200, max_value=3000),
)
_TEXTS = st.text() | _LONG_TEXTS | st.just("*" * 6000)
_MONEY = st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False)
_OPTIONS: st.SearchStrategy[dict[str, OptionValue]] = st.dictionaries(
    st.sampled_from(["duration", "aspect_ratio", "resolution", "seed"]) | st.text(max_size=50),
    st.text() | st.integers() | st.floats() | st.booleans(),
    max_size=30,
)

ANY_JOB: st.SearchStrategy[Job] = st.builds(
    Job,
    id=_IDS,
    kind=st.sampled_from(JobKind),
    model=_TEXTS,
    prompt=_TEXTS,
    options=_OPTIONS,
    endpoint=st.just("a/b"),
    body=st.just({}),
    user_id=_IDS,
    guild_id=st.none() | _IDS,
    channel_id=_IDS,
    card_kind=st.sampled_from(CardKind),
    price_low=_MONEY,
    price_high=_MONEY,
    created_at=st.floats(),
    message_id=st.none() | _IDS,
    cancel_control=st.sampled_from(CancelControl),
    dm_begun_at=st.none() | st.just(1.0),
    state=st.sampled_from(JobState),
    task_id=st.none() | st.just("task_1"),
    status=st.none() | st.sampled_from(["pending", "queued", "running", "processing"]) | _TEXTS,
    progress=st.none() | st.floats(),
    estimated_seconds=st.none() | st.floats(),
    submitted_at=st.none() | st.floats(),
    cost=st.none() | _MONEY,
    reason=st.none() | st.sampled_from(Reason),
    error_message=st.none() | _TEXTS,
    result_count=st.integers(min_value=0, max_value=9),
    fitted=st.booleans(),
    left_out=st.integers(min_value=0, max_value=9),
    fetch_problem=st.none() | st.sampled_from(FetchProblem),
    fetch_until=st.none() | st.floats(),
    ended_at=st.none() | st.floats(),
    cancel_wanted_by=st.none() | st.just(0) | _IDS,
    cancel_refused=st.booleans(),
    late=st.booleans(),
)
# Up to eleven jobs, one more than a page holds, of which at most three differ: what a page has to
# hold is the sum of its rows, and the longest page is one of equal rows.
ANY_JOBS: st.SearchStrategy[list[Job]] = st.lists(ANY_JOB, min_size=1, max_size=3).flatmap(
    lambda different: st.lists(st.sampled_from(different), max_size=11)
)
