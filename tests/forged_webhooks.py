"""Forged webhooks: what may be changed of one that the API has signed, each change by itself.

A webhook is its headers and its body, which names a task.
"""

import gzip
import json
import random
import re
from collections.abc import Callable

from bot.modelhunter.webhooks import signature_of

Sent = tuple[dict[str, str], bytes]

_A_TASK = re.compile(rb"task_[0-9a-z]+")


def _flip(randomness: random.Random, data: bytes) -> bytes:
    at = randomness.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << randomness.randrange(8))]) + data[at + 1 :]


def _moved_stamp(randomness: random.Random, sent: Sent) -> Sent:
    headers, body = sent
    moved = str(int(headers["X-Webhook-Timestamp"]) + randomness.choice((-1, 1, 60, -299, 10**6)))
    return {**headers, "X-Webhook-Timestamp": moved}, body


def _odd_stamp(randomness: random.Random, sent: Sent) -> Sent:
    headers, body = sent
    stamp = headers["X-Webhook-Timestamp"]
    odd = (
        f"{stamp}.0",
        f"0{stamp}",
        f"+{stamp}",
        stamp[:-1],
        "",
        "soon",
        f"{stamp}e0",
        f"-{stamp}",
    )
    return {**headers, "X-Webhook-Timestamp": randomness.choice(odd)}, body


def _changed_digit(randomness: random.Random, sent: Sent) -> Sent:
    headers, body = sent
    name, _, digest = headers["X-Webhook-Signature"].partition("=")
    at = randomness.randrange(len(digest))
    digit = randomness.choice([each for each in "0123456789abcdef" if each != digest[at]])
    return {
        **headers,
        "X-Webhook-Signature": f"{name}={digest[:at]}{digit}{digest[at + 1 :]}",
    }, body


def _odd_signature(randomness: random.Random, sent: Sent) -> Sent:
    headers, body = sent
    right = headers["X-Webhook-Signature"]
    digest = right.partition("=")[2]
    cut = (right.upper(), digest, f"sha1={digest}", f"sha256={digest[:-1]}", f"sha256=0{digest}")
    odd = (*cut, "", "sha256=", f"{right}, {right}", f"{right};", f"sha256= {digest}", "none")
    return {**headers, "X-Webhook-Signature": randomness.choice(odd)}, body


def _changed_body(randomness: random.Random, sent: Sent) -> Sent:
    return sent[0], _flip(randomness, sent[1])


def _longer_or_shorter(randomness: random.Random, sent: Sent) -> Sent:
    headers, body = sent
    at = randomness.randrange(len(body))
    return headers, randomness.choice(
        (body[:at], body + b" ", b"\xef\xbb\xbf" + body, body * 2, b"")
    )


def _other_task(randomness: random.Random, sent: Sent) -> Sent:
    other = f"task_{randomness.getrandbits(32):x}".encode()
    return sent[0], _A_TASK.sub(other, sent[1])


def _other_event(randomness: random.Random, sent: Sent) -> Sent:
    headers, body = sent
    right = headers["X-Webhook-ID"]
    odd = ("", right.upper(), right[:-1], f"evt_{randomness.getrandbits(32):x}", f"{right}, x")
    return {**headers, "X-Webhook-ID": randomness.choice(odd)}, body


def _other_encoding(randomness: random.Random, sent: Sent) -> Sent:
    headers, body = sent
    encoding = randomness.choice(("utf-16", "utf-32", "utf-8-sig", "gzip", "spaced"))
    if encoding == "gzip":
        return {**headers, "Content-Encoding": "gzip"}, gzip.compress(body)
    if encoding == "spaced":
        return headers, json.dumps(json.loads(body), indent=randomness.randrange(1, 4)).encode()
    return headers, body.decode().encode(encoding)


def _without_a_header(randomness: random.Random, sent: Sent) -> Sent:
    headers, body = sent
    name = randomness.choice(("X-Webhook-Timestamp", "X-Webhook-Signature"))
    return {key: value for key, value in headers.items() if key != name}, body


def _signed_by_another(randomness: random.Random, sent: Sent) -> Sent:
    headers, body = sent
    secret = randomness.choice((b"", b"sha256", b"whsec_0123456789abcde", b"whsec_"))
    forged = signature_of(secret, headers["X-Webhook-Timestamp"], body)
    return {**headers, "X-Webhook-Signature": forged}, body


MUTATIONS: tuple[Callable[[random.Random, Sent], Sent], ...] = (
    _moved_stamp,
    _odd_stamp,
    _changed_digit,
    _odd_signature,
    _changed_body,
    _longer_or_shorter,
    _other_task,
    _other_event,
    _other_encoding,
    _without_a_header,
    _signed_by_another,
)
