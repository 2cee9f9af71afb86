"""Fault table: which calls a fault hits, and how it counts."""

import pytest

from sandbox.fault_table import FaultTable


@pytest.mark.parametrize(
    ("method", "path", "is_hit"),
    [
        ("POST", "/vidu/text-to-video", True),
        ("GET", "/vidu/text-to-video", False),
        ("POST", "/vidu/image-to-video", False),
        ("POST", "/tasks", False),
    ],
)
def test_a_fault_hits_only_calls_that_match(method: str, path: str, is_hit: bool) -> None:
    """The method must be the same and the path must fit the pattern."""
    table = FaultTable[str]()
    table.insert("POST", "/*/text-to-video", "503")
    assert (table.strike(method, path) == "503") is is_hit


def test_a_fault_for_any_method() -> None:
    """A star as the method hits each of them."""
    table = FaultTable[str]()
    table.insert("*", "/tasks/*", "500", times=None)
    assert [table.strike(method, "/tasks/1") for method in ("GET", "DELETE")] == ["500", "500"]


def test_a_fault_skips_calls_then_hits_so_many() -> None:
    """With skip 1 and times 2 the second and third calls are hit, and all are counted."""
    table = FaultTable[str]()
    fault = table.insert("PATCH", "/webhooks/*", "500", times=2, skip=1)
    effects = [table.strike("PATCH", "/webhooks/1/2/messages/@original") for _ in range(5)]
    assert effects == [None, "500", "500", None, None]
    assert (fault.calls, fault.injected, table.injected) == (5, 2, 2)


def test_a_fault_without_times_stays_until_it_is_removed() -> None:
    """Times None has no end of its own."""
    table = FaultTable[str]()
    fault = table.insert("GET", "*", "500", times=None)
    assert {table.strike("GET", "/balance") for _ in range(100)} == {"500"}
    assert fault.injected == 100
    table.remove(fault)
    table.remove(fault)
    assert table.strike("GET", "/balance") is None


def test_the_first_fault_that_is_due_decides() -> None:
    """A call gets one effect only; when the first fault is spent the next has its turn."""
    table = FaultTable[str]()
    table.insert("GET", "*", "500")
    table.insert("GET", "*", "503")
    assert [table.strike("GET", "/balance") for _ in range(3)] == ["500", "503", None]


def test_a_fault_whose_effect_is_not_accepted_counts_nothing() -> None:
    """A call that is ruled out passes, and uses nothing up."""
    table = FaultTable[str]()
    fault = table.insert("GET", "*", "500")
    assert table.strike("GET", "/balance", lambda effect: effect == "503") is None
    assert fault.calls == 0
    assert table.strike("GET", "/balance", lambda effect: effect == "500") == "500"


def test_a_cleared_fault_table_hits_nothing() -> None:
    """After clearing the table every call is answered as usual."""
    table = FaultTable[str]()
    table.insert("*", "*", "500", times=None)
    table.clear()
    assert table.strike("GET", "/tasks") is None
