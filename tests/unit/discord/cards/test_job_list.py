"""Job lists fit into Discord's embeds and offer what each job needs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.job_list import job_list
from bot.locales.button_texts import BUTTON_NEWER, BUTTON_OLDER
from bot.locales.list_texts import JOBS_EMPTY
from bot.locales.translate import translate
from db.records import Job, JobState, Reason
from tests.unit.discord.cards.jobs import ANY_JOBS, ENGLISH, make_job


@given(
    ANY_JOBS,
    st.none() | st.text(min_size=70),
    st.integers(min_value=0, max_value=10**6),
)
def test_the_job_list_fits(jobs: list[Job], label: str | None, start: int) -> None:
    """Ten jobs of any content are within Discord's limits, eleven are ten and a button."""
    labels = {} if label is None else {job.model: label for job in jobs}
    shown = job_list(jobs, labels, ENGLISH, start)

    assert 0 < len(shown.embed.description or "") <= 4096
    assert len(shown.embed) <= 6000
    assert len(shown.buttons) <= 10
    assert len((shown.embed.description or "").splitlines()) <= 20
    assert (BUTTON_OLDER.english in [page.label for page in shown.pages]) is (len(jobs) == 11)
    assert (BUTTON_NEWER.english in [page.label for page in shown.pages]) is (start > 0)


def test_the_longest_job_list_fits() -> None:
    """Ten failures whose every word and number is as long as can be are within the limits."""
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
    assert 3500 < len(job_list([job] * 10, {}, ENGLISH, 10**6).embed.description or "") <= 4096


def test_a_job_row_says_what_and_where() -> None:
    """A row has the state's sign and word, prompt, model and a way to the message."""
    shown = job_list([make_job(state=JobState.CANCELLED)], {"vidu-q3": "Vidu Q3"}, ENGLISH)

    assert shown.embed.description == (
        "**1** ⏹️ [Cancelled](https://discord.com/channels/22/33/44) · a fox in the snow · Vidu Q3"
        " · <t:1799999999:R>"
    )
    assert (shown.buttons, shown.pages) == ((), ())


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
    shown = job_list([make_job(), make_job(id=8, **changes)], {}, ENGLISH, 20)
    *_, last = (shown.embed.description or "").splitlines()
    (button,) = shown.buttons

    assert last.startswith(f"> {why}")
    assert (button.action, button.job_id, button.label) == (
        ButtonAction.TRY_AGAIN,
        8,
        "Try again 22",
    )


def test_a_model_that_is_gone_is_not_tried_again_from_the_list() -> None:
    """No button promises what can't work."""
    gone = make_job(state=JobState.REFUSED, reason=Reason.MODEL_GONE)
    assert job_list([gone], {}, ENGLISH).buttons == ()


def test_job_list_pages_are_ten_rows_apart() -> None:
    """Older and newer jobs are a press away, and the first page begins with the first."""
    pages = job_list([make_job()] * 11, {}, ENGLISH, 5).pages

    assert [(page.label, page.start) for page in pages] == [
        (BUTTON_NEWER.english, 0),
        (BUTTON_OLDER.english, 15),
    ]


def test_an_empty_job_list_says_what_to_do() -> None:
    """A requester without jobs reads how to start one."""
    assert job_list([], {}, ENGLISH).embed.description == translate(JOBS_EMPTY, ENGLISH)


def test_finished_results_can_be_fetched_from_the_list() -> None:
    """Each result has a button with its row's number, for it may wait nowhere else."""
    partly_bad = make_job(id=9, state=JobState.DELIVERED, reason=Reason.BAD_RESULT, left_out=1)
    jobs = [make_job(id=7), make_job(id=8, state=JobState.LINKED), partly_bad]
    (button,) = job_list(jobs, {}, ENGLISH).buttons

    assert button.action is ButtonAction.DOWNLOAD
    assert button.job_id == 8
    assert button.label == "Download 2"
