"""The fault table: which calls it hits, and how it counts."""

import pytest

from sandbox.modelhunter.faults import FaultTable, Trouble


@pytest.mark.parametrize(
    ("method", "path", "hit"),
    [
        ("POST", "/vidu/text-to-video", True),
        ("GET", "/vidu/text-to-video", False),
        ("POST", "/vidu/image-to-video", False),
        ("POST", "/tasks", False),
    ],
)
def test_a_fault_hits_only_its_own_calls(method: str, path: str, hit: bool) -> None:
    """Method and path pattern both have to fit."""
    faults = FaultTable()
    faults.add("POST", "/*/text-to-video", status=503)
    assert (faults.strike(method, path) is not None) is hit


def test_a_star_is_any_method() -> None:
    """A fault for every method hits each of them."""
    faults = FaultTable()
    faults.add("*", "/tasks/*", status=500, times=None)
    assert [faults.strike(method, "/tasks/1") is None for method in ("GET", "DELETE")] == [
        False,
        False,
    ]


def test_a_fault_skips_then_hits_so_many_times() -> None:
    """With skip 1 and times 2 the second and third calls are hit, and all are counted."""
    faults = FaultTable()
    fault = faults.add("GET", "/tasks/*", status=500, skip=1, times=2)
    hits = [faults.strike("GET", "/tasks/1") is not None for _ in range(5)]
    assert hits == [False, True, True, False, False]
    assert (fault.calls, fault.injected, faults.injected) == (5, 2, 2)


def test_without_times_a_fault_hits_for_ever() -> None:
    """Times None has no end."""
    faults = FaultTable()
    fault = faults.add("GET", "*", status=500, times=None)
    for _ in range(100):
        faults.strike("GET", "/balance")
    assert fault.injected == 100


def test_the_first_fault_that_is_due_wins() -> None:
    """A call gets into one trouble only; when the first fault is spent the next has its turn."""
    faults = FaultTable()
    faults.add("GET", "*", status=500)
    faults.add("GET", "*", status=503)
    troubles = [faults.strike("GET", "/balance") for _ in range(3)]
    assert [trouble and trouble.status for trouble in troubles] == [500, 503, None]


def test_cleared_faults_hit_nothing() -> None:
    """After clearing the table every call is answered as usual."""
    faults = FaultTable()
    faults.add("*", "*", status=500, times=None)
    faults.clear()
    assert faults.strike("GET", "/tasks") is None


@pytest.mark.parametrize(
    ("trouble", "reaches"),
    [
        (Trouble(), True),
        (Trouble(delay=5), True),
        (Trouble(headers={"X": "y"}), True),
        (Trouble(status=502), False),
        (Trouble(body="html"), False),
        (Trouble(status=502, effect=True), True),
        (Trouble(cut="before"), False),
        (Trouble(cut="middle"), True),
        (Trouble(cut="after"), True),
    ],
)
def test_only_some_troubles_let_the_call_through(trouble: Trouble, reaches: bool) -> None:
    """A status or a body replaces the effect unless asked otherwise; a cut says so itself."""
    assert trouble.reaches_the_api is reaches
