"""Clocks: the bot's own moves evenly however the machine's is set, and servers' are measured."""

import ast
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import (
    LARGEST_OFFSET,
    ServerClock,
    SteadyClock,
    Stopwatch,
    monotonic,
    read_http_date,
    surely_before,
)
from tests.manual_clock import NOON

OFFSETS = st.floats(-LARGEST_OFFSET, LARGEST_OFFSET)
MOVES = st.lists(st.tuples(st.floats(0, 3600), OFFSETS), max_size=20)


class Machine:
    """A machine whose wall clock is set at any moment, and whose monotonic clock is not."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.ahead = 0.0

    def wall(self) -> float:
        """Return what the wall clock shows."""
        return NOON + self.passed + self.ahead

    def monotonic(self) -> float:
        """Return the seconds since the start."""
        return self.passed


def http_date(seconds: float) -> str:
    """Return a time as a server sends it: in whole seconds."""
    return format_datetime(datetime.fromtimestamp(int(seconds), UTC), usegmt=True)


@given(MOVES)
def test_the_steady_clock_shows_what_has_passed(moves: list[tuple[float, float]]) -> None:
    """However the wall clock is set, the steady clock moves by the time that has passed."""
    machine = Machine()
    clock = SteadyClock(wall=machine.wall, monotonic=machine.monotonic)
    for seconds, ahead in moves:
        machine.passed += seconds
        machine.ahead = ahead
        assert clock() == pytest.approx(NOON + machine.passed, abs=1e-3)


@given(OFFSETS, MOVES)
def test_the_steady_clock_follows_the_server(
    wrong: float, moves: list[tuple[float, float]]
) -> None:
    """Set by a server's clock, it shows the server's time, whatever the machine's wall clock shows."""
    machine = Machine()
    machine.ahead = wrong
    clock = SteadyClock(wall=machine.wall, monotonic=machine.monotonic)
    server = ServerClock(wall=machine.wall, monotonic=machine.monotonic, report=print)
    for _ in range(2):
        server.read(http_date(NOON + machine.passed))
        machine.passed += 0.3
    now = server.now()
    assert now is not None
    clock.set(now)
    for seconds, ahead in moves:
        machine.passed += seconds
        machine.ahead = ahead
        assert clock() == pytest.approx(NOON + machine.passed, abs=1.5)


@given(OFFSETS, OFFSETS)
def test_the_offset_of_a_server_is_measured(before: float, after: float) -> None:
    """Each response says how far its server is ahead of the wall clock, also once that was set."""
    reported: list[float] = []
    machine = Machine()
    machine.ahead = before
    server = ServerClock(wall=machine.wall, monotonic=machine.monotonic, report=reported.append)
    server.read(http_date(NOON))
    assert reported == []
    server.read(http_date(NOON))
    machine.ahead = after
    server.read(http_date(NOON))
    assert reported == pytest.approx([-before, -after], abs=1.0)


@pytest.mark.parametrize("odd", [None, "", "soon", "Thu, 99 Nov 2026 99:99:99 GMT", "0"])
def test_an_odd_date_measures_nothing(odd: str | None) -> None:
    """A header that makes no sense is passed over, and one that is far off has to be confirmed."""
    reported: list[float] = []
    machine = Machine()
    server = ServerClock(wall=machine.wall, monotonic=machine.monotonic, report=reported.append)
    for date in (odd, http_date(NOON), http_date(NOON + 9999), odd, http_date(NOON), odd):
        server.read(date)
    assert reported == []
    assert server.now() is None


def test_an_http_date_is_read() -> None:
    """A date of HTTP is read in Unix seconds, and one without a zone as UTC."""
    assert read_http_date("Thu, 01 Jan 1970 00:01:00 GMT") == 60.0
    assert read_http_date("Thu, 01 Jan 1970 00:01:00") == 60.0


def test_the_monotonic_clock_does_not_go_back() -> None:
    """It never shows less than before."""
    shown = [monotonic() for _ in range(1000)]
    assert shown == sorted(shown)


@given(OFFSETS, st.floats(-3600, 3600))
def test_a_time_of_ours_is_found_by_a_servers_clock(ahead: float, later: float) -> None:
    """A moment that both clocks have shown leads to a time that is not after the one that is meant."""
    ours = NOON + ahead + later
    assert surely_before(ours, seen=NOON + ahead, stamped=NOON) <= NOON + later + 1e-3
    assert surely_before(ours, seen=NOON + ahead, stamped=NOON) <= ours


@given(st.text())
def test_any_http_date_is_read(value: str) -> None:
    """No header raises."""
    assert read_http_date(value) is None or isinstance(read_http_date(value), float)


# Where a wall clock may be named: each of these hands it on, as the default of a parameter.
_NAMES_A_CLOCK = {
    "bot/app/shared.py",
    "bot/cli/usage_answer.py",  # a program that ends with its answer, on the machine's own day
    "bot/clock.py",
    "bot/discord/session_starts.py",  # before the login, when Discord's time is not known
    "bot/doctor/reach.py",  # which compares the machine's clock with those of servers
    "bot/modelhunter/client.py",
}


def test_no_other_file_reads_a_wall_clock() -> None:
    """The time comes in as a parameter, and what is compared with it comes from the same clock."""
    root = Path(__file__).resolve().parents[2]
    clocks = {"time", "now", "utcnow", "today"}
    found = {
        path.relative_to(root).as_posix()
        for folder in ("bot", "cogs", "db")
        for path in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in clocks
        and ast.unparse(node.value) in {"time", "datetime", "datetime.datetime", "discord.utils"}
        and not (node.attr == "time" and ast.unparse(node.value).startswith("datetime"))
    }
    assert found == _NAMES_A_CLOCK


@pytest.mark.parametrize("suspended", [0, 1])
def test_a_stopwatch_shows_a_suspension_that_one_clock_shows(suspended: int) -> None:
    """Whichever clock moves on while the machine is suspended, or is set on waking, shows it."""
    times = [100.0, 5_000.0]
    elapsed = Stopwatch(lambda: times[0], wall=lambda: times[1])
    assert elapsed() == 0.0
    times[suspended] += 3_600.0
    assert elapsed() == 3_600.0
    times[1 - suspended] -= 60.0
    assert elapsed() == 3_600.0
