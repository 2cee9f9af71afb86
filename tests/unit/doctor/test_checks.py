"""Checks are made one after the other, each by itself, and none stops the others."""

import asyncio

import pytest

from bot.doctor.checks import Check, run_checks
from bot.doctor.findings import Finding, Verdict, ok
from bot.doctor.once import Once
from bot.doctor.problems import CheckProblem


async def good() -> Finding:
    """Find nothing."""
    return ok("all is well")


async def broken() -> Finding:
    """Be wrong itself."""
    raise LookupError("no such\nthing")


async def endless() -> Finding:
    """Find nothing, ever."""
    await asyncio.Event().wait()
    return ok("never")


async def late() -> Finding:
    """Be wrong itself, by the error that also means that the time is over."""
    raise TimeoutError


@pytest.mark.parametrize("kind", [LookupError, OSError, RuntimeError, AssertionError, Exception])
async def test_a_check_that_crashes_is_a_failure_and_stops_no_other(
    kind: type[Exception],
) -> None:
    """Its error is the finding, whichever it is; the next check is made."""

    async def crash() -> Finding:
        raise kind("no such\nthing")

    found = await run_checks(
        [Check(name="broken", look=crash), Check(name="good", look=good)], lambda *_: None
    )
    assert found["broken"].problem == CheckProblem.CHECK_CRASHED.code
    assert found["broken"].verdict is Verdict.FAILED
    assert found["broken"].seen == f"the check itself failed: {kind.__name__}: no such thing"
    assert found["good"].verdict is Verdict.OK


async def test_a_check_that_hangs_is_a_failure_and_stops_no_other() -> None:
    """After its time it is given up; an error that looks like that is not taken for it."""
    checks = [
        Check(name="endless", look=endless, timeout=0.01),
        Check(name="late", look=late),
        Check(name="good", look=good),
    ]
    found = await run_checks(checks, lambda *_: None)
    assert found["endless"].problem == CheckProblem.CHECK_TIMED_OUT.code
    assert found["endless"].seen == "it did not end within 0.01 s"
    assert found["late"].problem == CheckProblem.CHECK_CRASHED.code
    assert found["good"].verdict is Verdict.OK


@pytest.mark.parametrize("verdict", list(Verdict))
async def test_a_check_is_made_where_those_before_have_passed(verdict: Verdict) -> None:
    """A warning is no obstacle; a failure is, and so is what was not checked itself."""

    async def first() -> Finding:
        return Finding(verdict=verdict, seen="")

    checks = [Check(name="first", look=first), Check(name="then", look=good, needs=("first",))]
    found = await run_checks(checks, lambda *_: None)
    assert found["then"].is_passed is (verdict in {Verdict.OK, Verdict.WARNING})


async def test_the_cause_is_named_however_far_away() -> None:
    """A check names the one that failed, not the one that was not made because of it."""
    checks = [
        Check(name="root", look=broken),
        Check(name="middle", look=good, needs=("root",)),
        Check(name="leaf", look=good, needs=("middle",)),
    ]
    found = await run_checks(checks, lambda *_: None)
    assert found["leaf"].seen == "not checked, as the check of root did not pass"
    assert found["leaf"].blocked_by == "root"


async def test_findings_are_shown_as_they_come() -> None:
    """What was found is shown before the next check is made."""
    shown: list[str] = []

    async def look() -> Finding:
        assert shown == ["first"]
        return ok("")

    checks = [Check(name="first", look=good), Check(name="second", look=look)]
    await run_checks(checks, lambda name, _: shown.append(name))
    assert shown == ["first", "second"]


async def test_a_question_is_asked_once() -> None:
    """An answer is remembered, an error is not."""
    answers: list[int | LookupError] = [LookupError(), 7]
    asked: list[int] = []

    async def ask() -> int:
        asked.append(1)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    once = Once(ask)
    before = once.known
    with pytest.raises(LookupError):
        await once()
    assert [await once(), await once()] == [7, 7]
    assert (before, once.known, len(asked)) == (None, 7, 2)
