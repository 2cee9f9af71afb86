"""Of a webhook the signature and the task are read, and nothing else counts."""

import json

import pytest

from bot.modelhunter.webhooks import (
    WebhookSubject,
    is_genuine,
    names_another_event,
    read_subject,
    signature_of,
)

SECRET = b"whsec_0123456789abcdef"
NOW = 1_705_312_800.0
BODY = b'{"id": "evt_1", "type": "task.completed", "data": {"task": {"id": "task_1"}}}'
STAMP = "1705312800"
SIGNED = signature_of(SECRET, STAMP, BODY)


def test_the_signature_is_the_documented_one() -> None:
    """It is `sha256=` and the HMAC-SHA256, in hex, of the timestamp, a dot and the raw body."""
    # printf '1705312800.{"a":1}' | openssl dgst -sha256 -hmac key
    digest = "f992ac685ade6c41c36b1c40d5f7545cf0be8d664a7fb88ca753ba8faba1b4e1"
    assert signature_of(b"key", STAMP, b'{"a":1}') == f"sha256={digest}"


@pytest.mark.parametrize("offset", [-300.0, -299.0, 0.0, 1.0, 300.0])
def test_a_timestamp_within_five_minutes_is_taken(offset: float) -> None:
    """A timestamp may be five minutes off, either way."""
    assert is_genuine(SECRET, timestamp=STAMP, signature=SIGNED, body=BODY, now=NOW + offset)


@pytest.mark.parametrize("offset", [-1e9, -301.0, -300.5, 300.5, 301.0, 3600.0, 1e9])
def test_a_timestamp_that_is_further_off_is_not(offset: float) -> None:
    """One from the past is a replay, and one from the future could be replayed for as long."""
    assert not is_genuine(SECRET, timestamp=STAMP, signature=SIGNED, body=BODY, now=NOW + offset)


@pytest.mark.parametrize(
    ("timestamp", "signature", "body"),
    [
        (STAMP, SIGNED.upper(), BODY),
        (STAMP, SIGNED.replace("sha256=", "SHA256="), BODY),
        (STAMP, SIGNED.removeprefix("sha256="), BODY),
        (STAMP, f" {SIGNED}", BODY),
        (STAMP, f"{SIGNED},{SIGNED}", BODY),
        (STAMP, SIGNED[:-1], BODY),
        (STAMP, "", BODY),
        (STAMP, "sha256=", BODY),
        (STAMP, "sha256=\udcff", BODY),
        (STAMP, "sha256=ä", BODY),
        (STAMP, SIGNED, BODY + b" "),
        (STAMP, SIGNED, b""),
        (STAMP, SIGNED, json.dumps(json.loads(BODY), separators=(",", ":")).encode()),
        (STAMP, signature_of(b"", STAMP, BODY), BODY),
        (STAMP, signature_of(SECRET + b"x", STAMP, BODY), BODY),
        (STAMP, signature_of(SECRET, "", BODY), BODY),
    ],
)
def test_what_was_not_signed_so_is_refused(timestamp: str, signature: str, body: bytes) -> None:
    """The raw bytes, the timestamp as it was sent and the whole of the signature count."""
    assert not is_genuine(SECRET, timestamp=timestamp, signature=signature, body=body, now=NOW)


@pytest.mark.parametrize(
    "timestamp",
    [
        *("", " 1705312800", "+1705312800", "-1705312800", "1705312800.0", "1.7053128e9", "now"),
        *("1_705_312_800", "0x65a4", "170531280012345", "\N{FULLWIDTH DIGIT ONE}705312800", "1\n"),
    ],
)
def test_a_timestamp_in_another_form_is_refused(timestamp: str) -> None:
    """Also when it is signed: a time that may be read in two ways is none."""
    signature = signature_of(SECRET, timestamp, BODY)
    now = NOW if not timestamp.strip("1\n") else 1.0
    assert not is_genuine(SECRET, timestamp=timestamp, signature=signature, body=BODY, now=now)


def event(task: object) -> bytes:
    """Return the body of an event about *task*."""
    return json.dumps({"id": "evt_1", "type": "task.failed", "data": {"task": task}}).encode()


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        (BODY, WebhookSubject(task_id="task_1")),
        (event({"id": "t", "metadata": {"job_id": "17"}}), WebhookSubject(task_id="t", job_id=17)),
        (event({"id": "t", "metadata": {"job_id": 17}}), WebhookSubject(task_id="t")),
        (event({"id": "t", "metadata": {"job_id": "-17"}}), WebhookSubject(task_id="t")),
        (event({"id": "t", "metadata": {"job_id": "9" * 30}}), WebhookSubject(task_id="t")),
        (event({"id": "t", "metadata": [1]}), WebhookSubject(task_id="t")),
        (event({"id": 5, "status": ["odd"]}), WebhookSubject(task_id="5")),
        (event({"id": ""}), None),
        (event({"id": None}), None),
        (event({"id": "t" * 257}), None),
        (event([]), None),
        (event("t"), None),
        (b'{"data": {"id": "t"}}', None),
        (b'["data"]', None),
        (b"null", None),
        (b"", None),
        (b"\xff\xfe\x00", None),
        (b"[" * 60_000, None),
    ],
)
def test_the_subject_is_the_task_and_its_job(body: bytes, subject: WebhookSubject | None) -> None:
    """Whatever else a body holds, or lacks, changes nothing; without a task there is no subject."""
    assert read_subject(body) == subject


@pytest.mark.parametrize(
    ("ids", "body", "is_another"),
    [
        ([], BODY, False),
        (["evt_1"], BODY, False),
        (["evt_1", "evt_1"], BODY, False),
        (["evt_2"], BODY, True),
        (["EVT_1"], BODY, True),
        ([""], BODY, True),
        (["evt_1", "evt_2"], BODY, True),
        (["evt_1"], b"{}", False),
        (["evt_1"], b'{"id": 5}', False),
        (["evt_1"], b"\xff", False),
    ],
)
def test_a_header_that_names_another_event(ids: list[str], body: bytes, is_another: bool) -> None:
    """Header and body name one event; where one of them names none there is nothing to compare."""
    assert names_another_event(ids, body) is is_another
