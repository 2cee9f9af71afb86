"""The card is never wrong, never too long, and each ending looks like itself."""

import dataclasses
import itertools
from decimal import Decimal

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.card import Card, alt_text, card
from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.card_status import status_of
from bot.locales.button_texts import BUTTON_TRY_AGAIN_ANYWAY
from bot.locales.card_texts import (
    BRIEF_NOTE,
    CANCEL_REFUSED,
    CANCEL_TOO_LATE,
    ENDINGS,
    FIELD_ERROR,
    FITTED,
    REACT_TO_CANCEL,
    REASONS,
    REFUSED_UNEXPLAINED,
    SENT_AS_REPLY,
    SENT_BY_DM,
    STATES,
    STATUSES,
)
from db.records import CancelControl, CardKind, Job, JobState, Reason
from tests.unit.discord.cards.jobs import ANY_JOB, ENGLISH, SENT_AT, make_job

LABEL = "Vidu Q3"
LIVE_STATES = [state for state in JobState if not state.is_final]
INVISIBLE: dict[str, object] = {
    "lease_until": 9.0,
    "owner": "somebody",
    "fence": 7,
    "woken": True,
    "shown": "digest",
    "shown_at": 3.0,
    "pinged_at": 4.0,
    "interaction_token": "token",
    "application_id": 9,
    "missing_since": 8.0,
    "message_id": 99,
    "locale": "de",
    "forget": True,
    "open": False,
    "error_code": "CODE",
}
VISIBLE: dict[str, object] = {
    "prompt": "a hare in the snow",
    "options": {"duration": 6},
    "user_id": 12,
    "status": "queued",
    "progress": 51.0,
    "estimated_seconds": 61.0,
    "submitted_at": SENT_AT + 1,
    "cost": Decimal("0.32"),
    "price_high": Decimal("0.41"),
    "state": JobState.DELIVERING,
    "late": True,
    "cancel_wanted_by": 11,
    "cancel_refused": True,
    "cancel_control": CancelControl.REACTION,
    "card_kind": CardKind.TOKEN_ONLY,
}


def draw(**changes: object) -> Card:
    """Return the card of a job with *changes*."""
    return card(make_job(**changes), LABEL)


def running(**changes: object) -> Job:
    """Return a job half done, with *changes*."""
    half = {
        "state": JobState.FOLLOWING,
        "task_id": "task_1",
        "status": "running",
        "progress": 50.0,
        "estimated_seconds": 60.0,
        "submitted_at": SENT_AT,
    }
    return make_job(**{**half, **changes})


def text_of(drawn: Card) -> str:
    """Return everything that is written in a card's embed."""
    embed = drawn.embed
    fields = [f"{field.name}: {field.value}" for field in embed.fields]
    return "\n".join([embed.title or "", embed.description or "", *fields, embed.footer.text or ""])


def actions(drawn: Card) -> list[ButtonAction]:
    """Return what a card's buttons do."""
    return [button.action for button in drawn.buttons]


@given(ANY_JOB, st.text())
def test_every_card_fits_discords_limits(job: Job, label: str) -> None:
    """An embed of any job is one that Discord takes (Discord docs: Embed Limits)."""
    drawn = card(job, label)
    embed = drawn.embed

    assert 0 < len(embed.title or "") <= 256
    assert 0 < len(embed.description or "") <= 4096
    assert len(embed.fields) <= 25
    assert all(0 < len(field.name or "") <= 256 for field in embed.fields)
    assert all(0 < len(field.value or "") <= 1024 for field in embed.fields)
    assert len(embed.footer.text or "") <= 2048
    assert len(embed) <= 6000
    assert len(drawn.buttons) <= 5
    assert all(0 < len(button.label) <= 80 for button in drawn.buttons)
    assert len(alt_text(job, label)) <= 1024
    assert "@everyone" not in text_of(drawn)


def test_every_card_status_looks_different() -> None:
    """Each state, status, mark and canceller has a word, sentence, marker and colour of its own."""
    jobs = [make_job(state=state) for state in JobState if state is not JobState.FOLLOWING]
    jobs += [running(status=status) for status in ("pending", "queued", "running", "x")]
    jobs += [running(status=status, late=True) for status in ("pending", "queued", "running", "x")]
    jobs += [
        make_job(state=state, cancel_wanted_by=11)
        for state in LIVE_STATES
        if state is not JobState.DELIVERING
    ]
    jobs += [make_job(state=JobState.CANCELLED, cancel_wanted_by=who) for who in (11, 12)]
    ended_and_live = [make_job(state=state) for state in JobState]
    looks = [status_of(job, ENGLISH) for job in jobs]
    ended = [status_of(job, ENGLISH) for job in ended_and_live]
    glances = {(look.title, look.colour) for look in ended}

    assert len({(look.title, look.text, look.colour) for look in looks}) == len(looks)
    assert len(glances) == len(JobState)


@pytest.mark.parametrize(
    ("state", "reason"),
    list(itertools.product([JobState.FAILED, JobState.REFUSED, JobState.LOST], Reason)),
)
def test_an_ending_states_its_reason(state: JobState, reason: Reason) -> None:
    """The reason's own sentence is on the card."""
    expected = ENDINGS.get((state, reason), REASONS[reason]).english

    assert expected in text_of(draw(state=state, reason=reason, error_message="no foxes"))


def test_a_deleted_card_names_no_canceller() -> None:
    """A job that ended because its card was deleted names no user as its canceller."""
    job = make_job(state=JobState.CANCELLED, cancel_wanted_by=0, reason=Reason.CARD_DELETED)

    assert REASONS[Reason.CARD_DELETED].english in text_of(card(job, LABEL))
    assert "<@0>" not in text_of(card(job, LABEL))


def test_a_cancelled_card_names_its_canceller() -> None:
    """A moderator's cancel is distinguished from the requester's own."""
    own = text_of(draw(state=JobState.CANCELLED, cancel_wanted_by=11))
    moderated = text_of(draw(state=JobState.CANCELLED, cancel_wanted_by=12))

    assert "<@11> cancelled this." in own
    assert "A moderator, <@12>, cancelled this." in moderated


@pytest.mark.parametrize("field", INVISIBLE)
@pytest.mark.parametrize("state", JobState)
def test_the_digest_ignores_invisible_fields(state: JobState, field: str) -> None:
    """Bookkeeping does not make a card worth an edit."""
    job = running(state=state)
    changed = dataclasses.replace(job, **{field: INVISIBLE[field]})  # type: ignore[arg-type]

    assert changed != job
    assert card(job, LABEL).digest == card(changed, LABEL).digest


@pytest.mark.parametrize("field", VISIBLE)
def test_the_digest_follows_visible_fields(field: str) -> None:
    """Everything that looks different is shown again."""
    changes = {"cancel_wanted_by": 11} if field == "cancel_refused" else {}
    job = running(**changes)
    changed = dataclasses.replace(job, **{field: VISIBLE[field]})  # type: ignore[arg-type]

    assert card(job, LABEL).digest != card(changed, LABEL).digest


def test_the_digest_follows_the_model_label() -> None:
    """A renamed model is a card that looks different."""
    job = make_job()

    assert card(job, LABEL).digest != card(job, "Vidu Q4").digest


@given(ANY_JOB)
def test_equal_looks_have_equal_digests(job: Job) -> None:
    """The digest depends on the look alone, not on the order of the options or the hour."""
    shuffled = dataclasses.replace(job, options=dict(reversed(list(job.options.items()))))
    first, second = card(job, LABEL), card(shuffled, LABEL)

    assert first.embed.to_dict() == second.embed.to_dict()
    assert first.digest == second.digest
    assert len(first.digest) == 32


def test_the_digest_is_stable() -> None:
    """A restart, or another process, computes the same digest for the same card."""
    assert draw().digest == draw().digest
    assert draw().digest.isalnum()


@pytest.mark.parametrize("state", JobState)
def test_only_final_states_are_ending_cards(state: JobState) -> None:
    """A card is an ending exactly when its job has ended."""
    assert draw(state=state).is_ending is state.is_final


def test_the_request_is_on_the_card() -> None:
    """Prompt, model, options, requester and price are on the card from the start."""
    shown = text_of(draw())

    assert "> a fox in the snow\n`5s · 16:9 · 720p · seed 42`" in shown
    assert "Model: Vidu Q3" in shown
    assert "Requested by: <@11>" in shown
    assert "Price: $0.20–$0.40" in shown  # noqa: RUF001


def test_the_percentage_is_the_apis_or_absent() -> None:
    """A percentage is shown only where the API gave one, and only while the API works."""
    assert "▰▰▰▰▱▱▱▱▱▱ 42%" in text_of(card(running(progress=42.9), LABEL))
    assert "%" not in text_of(card(running(progress=None), LABEL))
    assert "%" not in text_of(card(running(progress=float("nan")), LABEL))
    assert "%" not in text_of(card(running(state=JobState.DELIVERING), LABEL))
    assert "100%" in text_of(card(running(progress=250.0), LABEL))


def test_card_times_are_discord_timestamps() -> None:
    """Start and estimate are Discord's own timestamps; a late job has no estimate any more."""
    shown = text_of(card(running(), LABEL))
    late = text_of(card(running(late=True), LABEL))

    assert "Sent <t:1800000000:R>, usually done <t:1800000060:R>." in shown
    assert "Sent <t:1800000000:R>." in late
    assert "usually" not in late


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.4, "0 s"), (42.4, "42 s"), (59.6, "1 min 0 s"), (185.0, "3 min 5 s"), (7800, "2 h 10 min")],
)
def test_a_finished_card_says_how_long_it_took(seconds: float, expected: str) -> None:
    """The time between sending and the end is said in the largest fitting units."""
    job = running(state=JobState.DELIVERED, ended_at=SENT_AT + seconds)

    assert f"It took {expected}." in text_of(card(job, LABEL))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": JobState.DELIVERED, "cost": Decimal("0.32")}, "Cost: $0.32"),
        ({"state": JobState.FAILED, "cost": Decimal("0.10")}, "Cost: $0.10"),
        ({"state": JobState.FAILED}, "Cost: not reported"),
        ({"state": JobState.CANCELLED, "task_id": None}, "Cost: nothing"),
        ({"state": JobState.CANCELLED, "task_id": "task_1"}, "Cost: not reported"),
        ({"state": JobState.REFUSED, "task_id": None}, "Cost: nothing"),
        ({"state": JobState.LOST}, "Cost: not reported"),
        ({"state": JobState.DELIVERED, "price_high": Decimal(0)}, "Price: unknown"),
        ({"state": JobState.UNCERTAIN}, "Price: $0.20–$0.40"),  # noqa: RUF001
    ],
)
def test_the_cost_on_a_card_is_what_is_known(changes: dict[str, object], expected: str) -> None:
    """A card says "nothing" only where nothing can have been charged."""
    assert expected in text_of(draw(**changes))


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.REFUSED])
def test_the_apis_error_message_is_quoted(state: JobState) -> None:
    """What the API says is quoted, harmless and short."""
    drawn = draw(state=state, reason=Reason.API, error_message="No <@5> **here** " * 99)
    (said,) = [field.value for field in drawn.embed.fields if field.name == FIELD_ERROR.english]

    assert said is not None
    assert said.startswith("No <\u200b@\u200b5> \\*\\*here\\*\\*")
    assert len(said) <= 500


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (JobState.ACCEPTED, [ButtonAction.CANCEL]),
        (JobState.SUBMITTING, [ButtonAction.CANCEL]),
        (JobState.FOLLOWING, [ButtonAction.CANCEL]),
        (JobState.DELIVERING, []),
        (JobState.UNCERTAIN, [ButtonAction.TRY_AGAIN, ButtonAction.CANCEL]),
        (JobState.DELIVERED, []),
        (JobState.LINKED, [ButtonAction.FRESH_LINK]),
        (JobState.FAILED, [ButtonAction.TRY_AGAIN]),
        (JobState.REFUSED, [ButtonAction.TRY_AGAIN]),
        (JobState.CANCELLED, [ButtonAction.TRY_AGAIN]),
        (JobState.LOST, [ButtonAction.TRY_AGAIN]),
    ],
)
def test_the_buttons_of_each_state(state: JobState, expected: list[ButtonAction]) -> None:
    """Each state has the buttons that mean something in it."""
    drawn = draw(state=state)

    assert actions(drawn) == expected
    assert {button.job_id for button in drawn.buttons} <= {make_job().id}


def test_a_reaction_replaces_the_cancel_button() -> None:
    """Where people react, a hint stands in place of the button, as long as cancelling is of use."""
    hinted = draw(cancel_control=CancelControl.REACTION)
    ended = draw(cancel_control=CancelControl.REACTION, state=JobState.DELIVERED)

    assert actions(hinted) == []
    assert REACT_TO_CANCEL.english in text_of(hinted)
    assert REACT_TO_CANCEL.english not in text_of(ended)


@pytest.mark.parametrize("changes", [{"cancel_wanted_by": 11}, {"cancel_refused": True}])
def test_a_second_cancel_is_not_offered(changes: dict[str, object]) -> None:
    """A requester who has already cancelled, or whose cancel the API refused, is not offered it again."""
    assert actions(card(running(**changes), LABEL)) == []


def test_a_model_that_is_gone_is_not_tried_again() -> None:
    """No button promises what can't work."""
    assert actions(draw(state=JobState.REFUSED, reason=Reason.MODEL_GONE)) == []


@pytest.mark.parametrize(("message", "said"), [("size is odd", True), ("", False), (None, False)])
def test_a_refused_card_points_only_at_an_existing_message(message: str | None, said: bool) -> None:
    """A refusal refers to the message below only where there is one."""
    drawn = draw(state=JobState.REFUSED, reason=Reason.API, error_message=message)

    assert (ENDINGS[JobState.REFUSED, Reason.API].english in text_of(drawn)) is said
    assert (REFUSED_UNEXPLAINED.english in text_of(drawn)) is not said


def test_trying_an_uncertain_job_again_is_a_warned_choice() -> None:
    """The card warns of a second charge, and the button looks like it."""
    drawn = draw(state=JobState.UNCERTAIN)

    assert "both requests may be charged" in text_of(drawn)
    assert drawn.buttons[0].label == BUTTON_TRY_AGAIN_ANYWAY.english
    assert drawn.buttons[0].style is discord.ButtonStyle.danger


def test_a_token_only_card_says_where_the_result_goes() -> None:
    """A card that can't be edited for ever says so from the start, and not after the end."""
    live = draw(card_kind=CardKind.TOKEN_ONLY)
    ended = draw(card_kind=CardKind.TOKEN_ONLY, state=JobState.DELIVERED)

    assert BRIEF_NOTE.english in text_of(live)
    assert BRIEF_NOTE.english not in text_of(ended)


@pytest.mark.parametrize("state", [JobState.DELIVERING, JobState.DELIVERED, JobState.LINKED])
def test_a_cancel_that_came_too_late_is_admitted(state: JobState) -> None:
    """A result that arrives after a cancel comes with its explanation."""
    assert CANCEL_TOO_LATE.english in text_of(draw(state=state, cancel_wanted_by=11))
    assert CANCEL_TOO_LATE.english not in text_of(draw(state=state))


def test_a_refused_cancel_is_admitted() -> None:
    """When the API can't cancel any more, the card says that the job goes on."""
    job = running(cancel_wanted_by=11, cancel_refused=True)

    assert CANCEL_REFUSED.english in text_of(card(job, LABEL))
    assert status_of(job, ENGLISH).text == STATUSES["running"].text.english


def test_unfamiliar_api_statuses_are_understood() -> None:
    """The word processing reads as running, and an unknown status as in progress."""
    processing = status_of(running(status="processing"), ENGLISH)
    brewing = status_of(running(status="brewing"), ENGLISH)
    assert processing == status_of(running(status="running"), ENGLISH)
    assert processing.text == STATUSES["running"].text.english
    assert brewing.label == STATES[JobState.FOLLOWING].title.english
    assert brewing.text == STATES[JobState.FOLLOWING].text.english


def test_a_card_points_to_the_direct_message() -> None:
    """A result that was sent by direct message is not said to be attached."""
    assert SENT_BY_DM.english in text_of(draw(state=JobState.DELIVERED, dm_begun_at=1.0))


def test_a_card_points_to_the_reply() -> None:
    """A result in a message of its own is not said to be attached, and a direct message goes first."""
    replied = {"state": JobState.DELIVERED, "reply_begun_at": 5.0}
    assert SENT_AS_REPLY.english in text_of(draw(**replied))
    assert SENT_BY_DM.english in text_of(draw(**replied, dm_begun_at=1.0))


def test_the_embed_repeats_no_media() -> None:
    """Discord's own players show the attachments; the embed has no picture of its own."""
    embed = draw(state=JobState.DELIVERED, result_count=1).embed.to_dict()

    assert not {"image", "video", "thumbnail", "url"} & embed.keys()


@pytest.mark.parametrize(
    ("changes", "note", "buttons"),
    [
        ({"left_out": 1}, "I could not show 1 of 4 files here.", [ButtonAction.FRESH_LINK]),
        (
            {"left_out": 2, "fitted": True},
            "I could not show 2 of 4 files",
            [ButtonAction.FRESH_LINK],
        ),
        ({"left_out": 1, "reason": Reason.BAD_RESULT}, "not everything may be shown", []),
        (
            {"left_out": 1, "fitted": True, "reason": Reason.BAD_RESULT},
            "not everything may be shown",
            [],
        ),
        ({"fitted": True}, FITTED.english, [ButtonAction.FRESH_LINK]),
        ({}, "", []),
    ],
)
def test_a_card_counts_the_files_left_out(
    changes: dict[str, object], note: str, buttons: list[ButtonAction]
) -> None:
    """The card says how many files are missing, and links to them only if all may be opened."""
    drawn = card(make_job(state=JobState.DELIVERED, result_count=4, **changes), LABEL)

    assert note in str(drawn.embed.description)
    assert ("of 4 files" in str(drawn.embed.description)) == ("left_out" in changes)
    assert actions(drawn) == buttons
