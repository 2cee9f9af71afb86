"""The ways in which the sandbox API's webhooks can go wrong, as a table that tests fill."""

import dataclasses
import enum

from sandbox.fault_table import Fault, FaultTable


class WebhookKind(enum.StrEnum):
    """How an address for webhooks came about."""

    SIGNED = "SIGNED"  # registered, and sent again when it is not answered by a 2xx
    JOB = "JOB"  # the `webhookUrl` of one task, sent once


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WebhookFaultEffect:
    """What a fault does to one webhook."""

    lost: bool = False  # it is never sent; a signed one is sent again later
    delay: float = 0.0  # seconds by the sandbox's clock, after which it is sent
    copies: int = 1  # times that it is sent, one right after the other


class WebhookFaults(FaultTable[WebhookFaultEffect]):
    """The faults of one sandbox API's webhooks."""

    def add(
        self,
        kind: WebhookKind | str = "*",
        task_id: str = "*",
        *,
        times: int | None = 1,
        skip: int = 0,
        lost: bool = False,
        delay: float = 0.0,
        copies: int = 1,
    ) -> Fault[WebhookFaultEffect]:
        """Make *times* webhooks of that kind and task go wrong (None: all), after *skip* of them."""
        effect = WebhookFaultEffect(lost=lost, delay=delay, copies=copies)
        return self.insert(kind, task_id, effect, times=times, skip=skip)
