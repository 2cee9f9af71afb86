"""Webhook URLs: what each POST carries as its `webhookUrl`, as long as the API takes it.

An API that refuses the address would refuse every request, for a reason that no requester can change.
So a refusal that names the address is the operator's: the job is sent again without one, as are the
others for an hour, and `/readyz` says so. Their ends are found by polling.
"""

import logging
import math
from collections.abc import Callable

from bot.jobs.webhook_addresses import WebhookAddresses
from bot.modelhunter import OperatorMustAct, Rejected
from bot.monitoring.health import Health
from db.records import Job

log = logging.getLogger(__name__)

_CHECK = "webhook address"
_FIELD = "webhookurl"
# Seconds for which no address is sent after the API refused one: with one a job would be refused.
_WITHOUT_ADDRESS = 60 * 60.0


class WebhookUrls:
    """Addresses that creates carry; none without a public address."""

    def __init__(
        self,
        addresses: WebhookAddresses | None,
        health: Health,
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._addresses = addresses
        self._health = health
        self._monotonic = monotonic
        self._refused_until = -math.inf

    def url_of(self, job: Job) -> str | None:
        """Return the `webhookUrl` of a job, None without one or while the API refuses them."""
        if self._addresses is None or self._monotonic() < self._refused_until:
            return None
        return self._addresses.address_of(job.id)

    def is_refused_by(self, error: Rejected | OperatorMustAct, job: Job) -> bool:
        """Return whether *error* is about the address, and stop sending addresses if it is."""
        if self._addresses is None or not _names_address(error, job):
            return False
        self._refused_until = self._monotonic() + _WITHOUT_ADDRESS
        problem = f"ModelHunter refuses PUBLIC_URL as an address for webhooks ({error}): polling."
        log.warning("%s", problem)
        self._health.report(_CHECK, problem)
        return True

    def was_taken(self) -> None:
        """Take note that the API took a create with an address."""
        self._health.clear(_CHECK)


def _names_address(error: Rejected | OperatorMustAct, job: Job) -> bool:
    """Return whether the API says so, and does not merely repeat what the requester wrote."""
    if not isinstance(error, Rejected) or _FIELD in _plain(f"{job.prompt} {dict(job.body)}"):
        return False
    return _FIELD in _plain(f"{error.field} {error.message}")


def _plain(text: str) -> str:
    return text.casefold().replace("_", "")
