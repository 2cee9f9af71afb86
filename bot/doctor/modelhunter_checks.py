"""Checks of the API: reachable, key, balance. Each only asks, so that none is charged."""

import contextlib
from collections.abc import Awaitable, Callable
from decimal import Decimal

from bot.doctor.bench import Bench
from bot.doctor.findings import Finding, ok
from bot.doctor.problems import ApiProblem, WayProblem
from bot.doctor.reach import Unreachable
from bot.modelhunter import (
    Malformed,
    ModelHunterError,
    OperatorMustAct,
    TaskNotFound,
    Unavailable,
    is_from_api,
)

# ModelHunter docs: Authentication. Such a key is a sandbox without charges.
_TEST_KEY = "river_test_"
_NO_TASK = "task_that_the_doctor_asks_for"
_NOT_THE_API = "what answers is not ModelHunter (HTTP {status})"


def of_api(look: Callable[[Bench], Awaitable[Finding]]) -> Callable[[Bench], Awaitable[Finding]]:
    """Return the check with an error of the API as its finding."""

    async def look_or_explain(bench: Bench) -> Finding:
        try:
            return await look(bench)
        except ModelHunterError as error:
            return explain(error)

    return look_or_explain


async def check_reach(bench: Bench) -> Finding:
    """Ask for something without a key: an answer of any kind shows that the way is open."""
    try:
        reply = await bench.api_reply()
    except Unreachable as error:
        return error.finding
    if reply.status >= 500:
        return WayProblem.AWAY.found(f"HTTP {reply.status}")
    if not reply.is_json:
        return WayProblem.WRONG_SERVER.found(_NOT_THE_API.format(status=reply.status))
    return ok(f"it answers after {reply.seconds * 1000:.0f} ms")


async def check_key(bench: Bench) -> Finding:
    """Ask for the balance, which is the cheapest question that needs the key."""
    await bench.balance()
    if bench.settings.modelhunter_key.get_secret_value().startswith(_TEST_KEY):
        return ApiProblem.KEY_FOR_TESTS.found("it is accepted, and is one for tests")
    return ok("it is accepted")


async def check_balance(bench: Bench) -> Finding:
    """Compare the balance with the budget of a day."""
    return balance_finding(await bench.balance(), bench.settings.daily_budget_usd)


def balance_finding(balance: Decimal | None, budget: Decimal) -> Finding:
    """Return what a balance means to a bot with this daily budget, both in US dollars. Pure."""
    if balance is None:
        return ApiProblem.BALANCE_UNKNOWN.found("the API does not say")
    seen = f"${balance.quantize(Decimal('0.01'))}"
    if balance <= 0:
        return ApiProblem.BALANCE_EMPTY.found(seen)
    if balance < budget:
        return ApiProblem.BALANCE_LOW.found(f"{seen}, less than the ${budget} of one day's budget")
    return ok(seen)


async def check_permissions(bench: Bench) -> Finding:
    """Look at tasks, which costs nothing; whether the key may create them can't be tried so."""
    try:
        await bench.api.list_tasks(limit=1)
        with contextlib.suppress(TaskNotFound):
            await bench.api.get_task(_NO_TASK)
    except OperatorMustAct as error:
        if error.status == 403 and is_from_api(error):
            return ApiProblem.KEY_MAY_NOT_READ.found(f"it may not read tasks ({error})")
        return explain(error)
    return ok("it may read tasks; to try whether it may create them would be charged")


def explain(error: ModelHunterError) -> Finding:
    """Return what an error of a question means. Pure."""
    if not is_from_api(error):
        status = error.status if isinstance(error, Unavailable | Malformed | OperatorMustAct) else 0
        if isinstance(error, Unavailable):
            return WayProblem.AWAY.found(f"HTTP {status}" if status else "no answer in time")
        return WayProblem.WRONG_SERVER.found(_NOT_THE_API.format(status=status or 200))
    if isinstance(error, OperatorMustAct):
        problem = {401: ApiProblem.KEY_REFUSED, 402: ApiProblem.BALANCE_EMPTY}.get(
            error.status, ApiProblem.KEY_FORBIDDEN
        )
        return problem.found(f"ModelHunter refuses it ({error})")
    return WayProblem.AWAY.found(f"ModelHunter can't say ({error})")
