"""Webhook addresses: the one to which the API reports the end of a job's task.

A per-job webhook is not signed, so that its address is what shows that it comes from the API. The
last segment of the path is the job's id and a code that only this bot can compute:

    PUBLIC_URL /webhooks/modelhunter/ 1234567890123456789-8f0c...

The code is an HMAC of the id by a key that the database keeps, so that it holds over restarts and for
each process, and needs no column and no look-up: a guessed address is refused without a statement,
and a right one names its job. The key is left out of backups. On a restored one a new key is made,
and the jobs of before are polled.

The logs mask the segment (`bot.monitoring.masking`). Were it known, it could have one job looked at a
little sooner than it would be.
"""

import hashlib
import hmac
import re

WEBHOOK_PATH = "/webhooks/modelhunter"
KEY_BYTES = 32

_CODE_DIGITS = 32  # of hexadecimal: 128 bits
_SEGMENT = re.compile(
    rf"(?P<job>[1-9][0-9]{{0,18}})-(?P<code>[0-9a-f]{{{_CODE_DIGITS}}})", re.ASCII
)


class WebhookAddresses:
    """Addresses of this bot's jobs, made and recognised by one key."""

    def __init__(self, public_url: str, key: bytes) -> None:
        self._public_url = public_url
        self._key = key

    def address_of(self, job_id: int) -> str:
        """Return the `webhookUrl` of a job."""
        return f"{self._public_url}{WEBHOOK_PATH}/{job_id}-{self._code(job_id)}"

    def job_of(self, segment: str) -> int | None:
        """Return the job whose address ends with *segment*, or None if it is no job's."""
        found = _SEGMENT.fullmatch(segment)
        if found is None:
            return None
        job_id = int(found["job"])
        return job_id if hmac.compare_digest(self._code(job_id), found["code"]) else None

    def _code(self, job_id: int) -> str:
        return hmac.new(self._key, b"%d" % job_id, hashlib.sha256).hexdigest()[:_CODE_DIGITS]
