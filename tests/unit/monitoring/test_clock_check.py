"""A clock that is far from a server's is reported, and one that is near is not."""

import logging

import pytest

from bot.monitoring.clock_check import ClockCheck
from bot.monitoring.health import Health

BEHIND, AHEAD = "behind", "ahead of"


@pytest.mark.parametrize("ahead", [0.0, 1.0, -1.0, 30.0, -30.0])
def test_small_offsets_of_clocks_are_not_reported(ahead: float) -> None:
    """Up to half a minute is no fault: a response takes its time, and a header counts whole seconds."""
    health = Health()
    ClockCheck(health, "Discord").report(ahead)
    assert health.problems() == ()


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (31.0, "31 s behind Discord's"),
        (-31.0, "31 s ahead of Discord's"),
        (-90.0, "90 s ahead of Discord's"),
        (150.0, "2 min behind Discord's"),
        (-3600.0, "1 h 0 min ahead of Discord's"),
        (3599.0, "1 h 0 min behind Discord's"),
        (43_200.0, "12 h 0 min behind Discord's"),
        (-9_000.0, "2 h 30 min ahead of Discord's"),
    ],
)
def test_a_large_offset_of_a_clock_is_reported(ahead: float, words: str) -> None:
    """The operator reads by how much this machine's clock is wrong, and what to do."""
    health = Health()
    ClockCheck(health, "Discord").report(ahead)
    assert health.problems() == (f"This machine's clock is {words}: have it set by NTP.",)


def test_an_offset_of_a_clock_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """However often it is measured there is one line, until it was right in between."""
    health = Health()
    check = ClockCheck(health, "Discord")
    with caplog.at_level(logging.WARNING):
        for ahead in (3600.0, 3601.0, 7200.0, -7200.0):
            check.report(ahead)
        assert len(caplog.records) == 1
        assert health.problems() != ()
        check.report(0.4)
        assert health.problems() == ()
        check.report(3600.0)
        assert len(caplog.records) == 2


def test_each_server_has_its_own_clock() -> None:
    """Where one server's clock is wrong, the other's says that this machine's is right."""
    health = Health()
    ClockCheck(health, "Discord").report(0.0)
    ClockCheck(health, "ModelHunter").report(99.0)
    (reason,) = health.problems()
    assert "ModelHunter" in reason
