"""An address that the API refuses costs no request."""

import pytest

from bot.jobs.webhook_addresses import WebhookAddresses
from bot.jobs.worker.webhook_urls import WebhookUrls
from bot.modelhunter import OperatorMustAct, Rejected
from bot.monitoring.health import Health
from tests.manual_clock import ManualClock
from tests.unit.jobs.builders import a_job

JOB = a_job()


def urls(health: Health | None = None, clock: ManualClock | None = None) -> WebhookUrls:
    """Return the addresses of a bot that has some."""
    addresses = WebhookAddresses("https://bot.example", b"k")
    return WebhookUrls(addresses, health or Health(), monotonic=clock or ManualClock())


def refusal(*, field: str | None = None, message: str | None = None) -> Rejected:
    """Return the API's refusal of a request."""
    return Rejected(code="VALIDATION_ERROR", message=message, field=field, status=400)


@pytest.mark.parametrize(
    "error",
    [
        refusal(field="webhookUrl"),
        refusal(field="webhook_url"),
        refusal(message="webhookUrl must be public"),
        refusal(message="Invalid parameters: body.webhookUrl: can't be reached"),
    ],
)
def test_a_refused_address_is_sent_no_more(error: Rejected) -> None:
    """The API names the address, the operator reads it at `/readyz`, and jobs go without one."""
    health = Health()
    ours = urls(health)
    assert ours.url_of(JOB) is not None
    assert ours.is_refused_by(error, JOB)
    assert ours.url_of(JOB) is None
    assert health.problems() == (
        "ModelHunter refuses PUBLIC_URL as an address for webhooks"
        " (HTTP 400 VALIDATION_ERROR): polling.",
    )
    ours.was_taken()
    assert health.problems() == ()


@pytest.mark.parametrize(
    "error",
    [
        refusal(field="prompt", message="Required field is missing"),
        refusal(),
        OperatorMustAct(status=403, code="FORBIDDEN", message="webhookUrl"),
    ],
)
def test_another_refusal_is_the_requests(error: Rejected | OperatorMustAct) -> None:
    """What is not about the address is said to the requester, and addresses are sent on."""
    ours = urls()
    assert not ours.is_refused_by(error, JOB)
    assert ours.url_of(JOB) is not None


def test_no_address_is_sent_for_an_hour_after_a_refusal() -> None:
    """What the API refuses is left out of the next creates, and tried again later."""
    clock = ManualClock()
    ours = urls(clock=clock)
    assert ours.is_refused_by(refusal(field="webhookUrl"), JOB)
    clock.now += 3_599
    assert ours.url_of(JOB) is None
    clock.now += 1
    assert ours.url_of(JOB) is not None


def test_a_prompt_that_is_repeated_refuses_no_address() -> None:
    """A prompt can't switch webhooks off by having the API repeat the word."""
    job = a_job(prompt="a fox with a webhook_URL")
    assert not urls().is_refused_by(refusal(message="no: a fox with a webhook_URL"), job)


def test_without_a_public_address_there_is_none() -> None:
    """A bot that only connects outwards sends no address."""
    ours = WebhookUrls(None, Health(), monotonic=ManualClock())
    assert ours.url_of(JOB) is None
    assert not ours.is_refused_by(refusal(field="webhookUrl"), JOB)
