"""Signed result addresses."""

from urllib.parse import parse_qsl, urlsplit

from sandbox.modelhunter.links import LIFETIME, Links


def _query(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


def test_a_signed_link_expires_after_15_minutes() -> None:
    """The signature is valid until the fifteenth minute is over, and not a second longer."""
    now = 1000.0
    links = Links(b"secret", lambda: now)
    query = _query(links.sign("task_1-0.mp4"))
    now += LIFETIME - 1
    assert links.accepts("task_1-0.mp4", query)
    now += 1
    assert not links.accepts("task_1-0.mp4", query)


def test_a_signature_is_for_one_file_and_one_time() -> None:
    """Neither the name nor the expiry can be exchanged, and an empty query is not accepted."""
    links = Links(b"secret", lambda: 1000.0)
    query = _query(links.sign("task_1-0.mp4"))
    assert not links.accepts("task_2-0.mp4", query)
    assert not links.accepts("task_1-0.mp4", {**query, "expires": "99999999"})
    assert not links.accepts("task_1-0.mp4", {**query, "signature": "ä"})
    assert not links.accepts("task_1-0.mp4", {})
    assert not Links(b"other", lambda: 1000.0).accepts("task_1-0.mp4", query)
