"""Job lists fit into Discord's components and offer what each job needs."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.job_list import JobPage, job_list
from bot.discord.cards.list_layout import LONGEST_ROW, MOST_ROWS, page_count
from bot.discord.cards.list_place import FIRST_PLACE, ListPlace
from bot.locales.button_texts import BUTTON_CANCEL, BUTTON_NEWER, BUTTON_OLDER, BUTTON_OPEN
from bot.locales.list_texts import JOBS_EMPTY, JOBS_NONE_SUCH
from bot.locales.translate import translate
from db.job_filters import GROUPS, JobGroup
from db.records import CardKind, Job, JobKind, JobState, Reason
from tests.unit.discord.cards.drawn_lists import check_limits, components, custom_ids, labels, texts
from tests.unit.discord.cards.jobs import ANY_JOBS, ENGLISH, make_job

PLACES = st.builds(
    ListPlace,
    page=st.integers(min_value=0, max_value=10**5),
    kind=st.none() | st.sampled_from(JobKind),
    group=st.none() | st.sampled_from(JobGroup),
)


def page_of(*jobs: Job, total: int | None = None, place: ListPlace = FIRST_PLACE) -> JobPage:
    """Return the page of these jobs, which are all there are."""
    return JobPage(jobs=jobs, total=len(jobs) if total is None else total, place=place)


@given(ANY_JOBS, st.none() | st.text(min_size=70), st.integers(0, 10**6), PLACES)
def test_the_job_list_fits(jobs: list[Job], label: str | None, more: int, place: ListPlace) -> None:
    """Any jobs on any page of any number of them are within Discord's limits."""
    names = {} if label is None else {job.model: label for job in jobs}
    check_limits(job_list(page_of(*jobs, total=len(jobs) + more, place=place), names, ENGLISH))


def test_the_longest_job_list_fits() -> None:
    """Ten failures whose every word and number is as long as can be are cut nowhere but in words."""
    huge = 2**63 - 1
    job = make_job(
        guild_id=huge,
        channel_id=huge,
        message_id=huge,
        prompt="*" * 999,
        model="m" * 99,
        state=JobState.FAILED,
        reason=Reason.API,
        error_message="*" * 999,
        created_at=8_640_000_000_000.0,
    )
    drawn = job_list(page_of(*[job] * 10, total=10**9, place=ListPlace(page=7)), {}, ENGLISH)
    check_limits(drawn)
    _, *rows = texts(drawn)
    assert len(components(drawn)) == 39
    assert {len(row.splitlines()) for row in rows} == {3}
    assert all(300 < len(row) < LONGEST_ROW for row in rows)


@given(st.integers(min_value=0, max_value=10**9))
def test_pages_hold_every_row_once(rows: int) -> None:
    """All rows have a page, and no page but the only one is empty."""
    pages = page_count(rows)
    assert (pages - 1) * MOST_ROWS < max(rows, 1) <= pages * MOST_ROWS


@given(PLACES)
def test_a_place_is_read_as_it_was_written(place: ListPlace) -> None:
    """What a button of a list names is what is shown when it is pressed, after any restart."""
    assert ListPlace.of(place.number) == place


@given(st.integers(min_value=0, max_value=10**20 - 1))
def test_a_forged_place_is_some_place(number: int) -> None:
    """Any number that a custom_id can hold is a page that the database can be asked for."""
    place = ListPlace.of(number)
    assert 0 <= place.page * MOST_ROWS < 2**31
    assert ListPlace.of(place.number) == place


def test_each_state_is_in_one_group() -> None:
    """The menu of states leaves none out."""
    grouped = [state for group in GROUPS.values() for state in group]
    assert sorted(grouped) == sorted(JobState)


def test_a_job_row_says_what_and_where() -> None:
    """A row has prompt, the state's sign and word, model, a way to the message, and a button to it."""
    drawn = job_list(page_of(make_job(state=JobState.CANCELLED)), {"vidu-q3": "Vidu Q3"}, ENGLISH)
    heading, row = texts(drawn)
    assert heading == "### Your jobs\n-# 1 job"
    assert row == (
        "**a fox in the snow**\n"
        "-# ⏹️ [Cancelled](https://discord.com/channels/22/33/44) · Vidu Q3 · <t:1799999999:R>"
    )
    assert labels(drawn) == [BUTTON_OPEN.english]


def test_a_job_without_a_message_has_no_way_to_it() -> None:
    """What leads nowhere is not offered."""
    job = make_job(state=JobState.CANCELLED, card_kind=CardKind.TOKEN_ONLY)
    assert labels(job_list(page_of(job), {}, ENGLISH)) == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"state": JobState.FAILED, "error_message": "no paint"}, "no paint"),
        ({"state": JobState.FAILED, "reason": Reason.BAD_RESULT}, "The result was no picture"),
        ({"state": JobState.REFUSED, "reason": Reason.NEVER_SENT}, "I was interrupted"),
        ({"state": JobState.LOST, "reason": Reason.UNKNOWN_TASK}, "ModelHunter hasn't known"),
    ],
)
def test_a_job_row_says_why_there_is_no_result(changes: dict[str, object], why: str) -> None:
    """A requester who read it nowhere else reads in the list why the job failed, and can try again."""
    drawn = job_list(page_of(make_job(), make_job(id=8, **changes)), {}, ENGLISH)
    *_, last = texts(drawn)[-1].splitlines()
    assert last.startswith(f"> {why}")
    assert custom_ids(drawn)[-1] == "try_again:8"


def test_a_model_that_is_gone_is_not_tried_again_from_the_list() -> None:
    """No button promises what can't work."""
    gone = make_job(state=JobState.REFUSED, reason=Reason.MODEL_GONE)
    assert labels(job_list(page_of(gone), {}, ENGLISH)) == [BUTTON_OPEN.english]


def test_a_running_job_is_cancelled_from_the_list() -> None:
    """Its requester needs no card for that."""
    running = make_job(id=7, state=JobState.FOLLOWING)
    drawn = job_list(page_of(running), {}, ENGLISH)
    assert (labels(drawn), custom_ids(drawn)[-1]) == ([BUTTON_CANCEL.english], "cancel:7")


def test_the_pages_of_the_job_list() -> None:
    """Older and newer jobs are a press away, with the filters that were chosen."""
    place = ListPlace(page=1, kind=JobKind.IMAGE, group=JobGroup.DONE)
    jobs = [dataclasses.replace(make_job(state=JobState.CANCELLED), id=n) for n in range(10)]
    drawn = job_list(page_of(*jobs, total=21, place=place), {}, ENGLISH)
    assert labels(drawn)[-2:] == [BUTTON_NEWER.english, BUTTON_OLDER.english]
    *_, newer, older = custom_ids(drawn)
    assert [ListPlace.of(int(it.partition(":")[2])) for it in (newer, older)] == [
        place.at(0),
        place.at(2),
    ]
    assert texts(drawn)[0].endswith("-# 21 jobs · Page 2 of 3")


def test_an_empty_job_list_says_what_to_do() -> None:
    """A requester without jobs reads how to start one, and one who filtered can take that back."""
    drawn = job_list(page_of(), {}, ENGLISH)
    assert translate(JOBS_EMPTY, ENGLISH) in texts(drawn)[0]
    assert custom_ids(drawn) == []
    filtered = job_list(page_of(place=ListPlace(group=JobGroup.DONE)), {}, ENGLISH)
    assert JOBS_NONE_SUCH.english in texts(filtered)[0]
    assert len(custom_ids(filtered)) == 2


def test_finished_results_can_be_fetched_from_the_list() -> None:
    """Each result has its button beside it, for it may wait nowhere else."""
    partly_bad = make_job(id=9, state=JobState.DELIVERED, reason=Reason.BAD_RESULT, left_out=1)
    jobs = [make_job(id=8, state=JobState.LINKED), partly_bad]
    drawn = job_list(page_of(*jobs), {}, ENGLISH)
    assert [it for it in custom_ids(drawn) if it.startswith("fresh_link")] == ["fresh_link:8"]
