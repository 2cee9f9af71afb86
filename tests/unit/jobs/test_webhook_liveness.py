"""Polls slow down only on evidence that webhooks arrive, and speed up when they fall silent."""

import pytest

from bot.jobs.webhook_liveness import GRACE, NET_INTERVAL, TRUSTED_FOR, WebhookLiveness
from tests.manual_clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """Give a test a monotonic clock."""
    return ManualClock()


@pytest.fixture
def liveness(clock: ManualClock) -> WebhookLiveness:
    """Give a test what begins without evidence."""
    return WebhookLiveness(monotonic=clock)


def test_without_evidence_polls_are_as_usual(liveness: WebhookLiveness) -> None:
    """A bot that has just started, or has no public address, polls."""
    assert liveness.poll_interval_floor() == 0.0


def test_an_announced_end_slows_the_polls(liveness: WebhookLiveness) -> None:
    """A task that ended as a webhook said shows that webhooks arrive."""
    liveness.task_ended(1, "task_1", is_announced=True)
    assert liveness.poll_interval_floor() == NET_INTERVAL == 60.0


def test_a_webhook_may_be_a_little_behind_the_poll(
    liveness: WebhookLiveness, clock: ManualClock
) -> None:
    """One that comes within seconds of the poll that saw the end is no silence."""
    liveness.task_ended(1, "task_1", is_announced=False)
    assert liveness.poll_interval_floor() == 0.0
    clock.now += GRACE
    liveness.webhook_came(task_id="task_1")
    assert liveness.poll_interval_floor() == NET_INTERVAL
    clock.now += 2 * GRACE
    assert liveness.poll_interval_floor() == NET_INTERVAL


def test_one_end_without_a_webhook_is_silence(
    liveness: WebhookLiveness, clock: ManualClock
) -> None:
    """The polls are as usual as soon as a webhook is missed, and slow again with the next."""
    liveness.task_ended(1, "task_1", is_announced=True)
    liveness.task_ended(2, "task_2", is_announced=False)
    clock.now += GRACE
    assert liveness.poll_interval_floor() == NET_INTERVAL
    clock.now += 0.1
    assert liveness.poll_interval_floor() == 0.0
    liveness.task_ended(3, "task_3", is_announced=True)
    assert liveness.poll_interval_floor() == NET_INTERVAL


def test_trust_ends_without_new_evidence(liveness: WebhookLiveness, clock: ManualClock) -> None:
    """A webhook of long ago does not show that the next one will arrive."""
    liveness.task_ended(1, "task_1", is_announced=True)
    clock.now += TRUSTED_FOR
    assert liveness.poll_interval_floor() == NET_INTERVAL
    clock.now += 1
    assert liveness.poll_interval_floor() == 0.0


def test_webhooks_about_other_tasks_are_no_evidence(
    liveness: WebhookLiveness, clock: ManualClock
) -> None:
    """Lies, and a webhook that comes half an hour late, slow nothing."""
    liveness.task_ended(1, "task_1", is_announced=False)
    for number in range(1_000):
        liveness.webhook_came(task_id=f"task_x{number}")
        liveness.webhook_came(job_id=1_000 + number)
    assert liveness.poll_interval_floor() == 0.0
    clock.now += 1_800
    liveness.webhook_came(task_id="task_1")
    liveness.webhook_came(job_id=1)
    assert liveness.poll_interval_floor() == 0.0


def test_what_waits_for_webhooks_is_bounded(liveness: WebhookLiveness, clock: ManualClock) -> None:
    """However many tasks end at once, no more than a thousand are remembered, for seconds."""
    for number in range(10_000):
        liveness.task_ended(number, f"task_{number}", is_announced=False)
    assert len(liveness._waiting) == 1_000
    clock.now += GRACE + 1
    liveness.poll_interval_floor()
    assert liveness._waiting == {}
    assert liveness._jobs == {}
