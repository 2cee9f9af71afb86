"""Lists fit into Discord's embeds and lead to the right messages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.lists import (
    choice_name,
    fresh_links,
    job_list,
    message_address,
    price_confirmation,
)
from bot.discord.cards.model_list import ModelLine, model_list
from bot.locales.answer_texts import LINKS_TOO_LONG
from bot.locales.button_texts import BUTTON_NEWER, BUTTON_OLDER
from bot.locales.list_texts import JOBS_EMPTY, MODELS_MORE
from bot.locales.translate import translate
from db.records import CardKind, Job, JobKind, JobState, Reason
from tests.unit.discord.cards.jobs import ANY_JOB, ANY_JOBS, ENGLISH, make_job

ANY_MODEL = st.builds(
    ModelLine,
    kind=st.sampled_from(JobKind),
    name=st.text(),
    label=st.text().map(lambda it: it.replace("*", "")),
    price=st.text().map(lambda it: it.replace("*", "")),
)


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
        "**1** ⏹️ Cancelled · a fox in the snow · Vidu Q3 · <t:1799999999:R> · "
        "[open](https://discord.com/channels/22/33/44)"
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


def test_message_addresses_lead_to_the_card() -> None:
    """A card in a server or direct message has an address; a token-only or lost one has none."""
    assert message_address(make_job()) == "https://discord.com/channels/22/33/44"
    assert message_address(make_job(guild_id=None)) == "https://discord.com/channels/@me/33/44"
    assert message_address(make_job(message_id=None)) is None
    assert message_address(make_job(card_kind=CardKind.TOKEN_ONLY)) is None


@given(st.lists(ANY_MODEL, max_size=100))
def test_the_model_list_fits(models: list[ModelLine]) -> None:
    """Any catalogue is within Discord's limits, and what is left out is counted."""
    embed = model_list(models, ENGLISH)
    shown = sum((field.value or "").count("**") // 2 for field in embed.fields)

    assert len(embed) <= 6000
    assert len(embed.fields) <= 25
    assert all(0 < len(field.value or "") <= 1024 for field in embed.fields)
    assert (embed.footer.text is None) is (shown == len(models))
    if embed.footer.text:
        assert embed.footer.text == MODELS_MORE.english.format(count=len(models) - shown)


def test_models_are_grouped_by_kind() -> None:
    """A kind has one heading, also where its models need more than one field."""
    models = [
        ModelLine(kind=kind, name=f"model-{n}", label=f"Model {n}", price="$0.04")
        for kind in (JobKind.SPEECH, JobKind.VIDEO)
        for n in range(60)
    ]
    names = [field.name for field in model_list(models, ENGLISH).fields]

    assert names == ["Video", "\u200b", "Speech", "\u200b"]
    assert (model_list(models, ENGLISH).fields[0].value or "").startswith("**Model 0** · $0.04\n")


def test_a_list_of_one_kind_says_what_each_model_takes() -> None:
    """The default is marked, and with a kind each model has its name and its options."""
    models = [
        ModelLine(
            kind=JobKind.VIDEO,
            name="kling-v3",
            label="Kling V3",
            price="$0.08 a second",
            takes="3 s",
            options=("duration", "mode"),
            is_default=True,
        ),
        ModelLine(kind=JobKind.IMAGE, name="x", label="X", price="$1"),
    ]
    (video,) = model_list(models, ENGLISH, JobKind.VIDEO).fields
    assert video.value == ("★ **Kling V3** · $0.08 a second\n3 s\n`kling-v3` `duration` `mode`")
    every = model_list(models, ENGLISH)
    assert [field.value for field in every.fields] == [
        "★ **Kling V3** · $0.08 a second\n3 s",
        "**X** · $1",
    ]


@given(ANY_JOB, st.text(), st.text())
def test_the_price_confirmation_fits(job: Job, label: str, price: str) -> None:
    """The question is within Discord's limits for any request."""
    embed = price_confirmation(job.prompt, label, price, job.options, ENGLISH)

    assert len(embed.title or "") <= 256
    assert len(embed) <= 6000


def test_the_price_confirmation_names_the_price() -> None:
    """The price is in the question itself, with all that it is the price of."""
    embed = price_confirmation(
        "a fox", "Vidu Q3", "$1.20", {"resolution": "1080p", "duration": 16}, ENGLISH
    )

    assert embed.title == "Generate this for $1.20?"
    assert (embed.description or "").startswith("> a fox\n`16 s · 1080p`\n\n")
    bare = price_confirmation("a fox", "Vidu Q3", "$1.20", {}, ENGLISH)
    assert (bare.description or "").startswith("> a fox\n\n")


def test_fresh_links_end_when_they_say() -> None:
    """The answer holds the address and when it ends, counted down by Discord."""
    embed = fresh_links(["https://cdn.example/a.mp4?signature=x"], 1_800_000_900.5, ENGLISH)

    assert embed.description == (
        "Your download works until <t:1800000900:t>, <t:1800000900:R>.\n"
        "[Result 1](https://cdn.example/a.mp4?signature=x)"
    )


@pytest.mark.parametrize(("count", "length"), [(1, 2000), (4, 600), (1, 3000)])
def test_long_fresh_links_are_shown(count: int, length: int) -> None:
    """Addresses that are too long for a message's text have room in its embed."""
    text = fresh_links(
        ["https://cdn.example/" + "a" * length] * count, 1_800_000_900, ENGLISH
    ).description

    assert (text or "").count("](https://") == count
    assert "can't be shown" not in (text or "")


@given(st.lists(st.text(min_size=1, max_size=900) | st.just("a" * 5000), max_size=12))
def test_fresh_links_fit_whole(addresses: list[str]) -> None:
    """An embed holds only whole addresses, and counts those that it has no room for."""
    text = fresh_links(addresses, 1_800_000_900, ENGLISH).description or ""
    links = [line for line in text.split("\n")[1:] if line.startswith("[")]

    assert len(text) <= 4096
    assert all(re.fullmatch(r"\[Result \d+\]\([^<>()\s]+\)", line) for line in links)
    missing = len(addresses) - len(links)
    assert (LINKS_TOO_LONG.english.format(count=missing) in text) is (missing > 0)


@given(ANY_JOB, st.text())
def test_an_autocomplete_choice_fits(job: Job, label: str) -> None:
    """An autocomplete choice has 1 to 100 characters (Discord docs: Application Commands)."""
    assert 1 <= len(choice_name(job, label)) <= 100
