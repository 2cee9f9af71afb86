"""Set-ups in which something is wrong with the API's account."""

from decimal import Decimal

from bot.doctor.problems import ApiProblem
from sandbox.modelhunter import open_sandbox_api
from tests.end_to_end.doctor.setups.registry import setup
from tests.end_to_end.doctor.site import Site


@setup(key=ApiProblem.KEY_REFUSED)
async def key_that_was_removed(site: Site) -> None:
    """A key that the API does not know."""
    site.set(MODELHUNTER_KEY="river_live_another-0123456789")


@setup(key=ApiProblem.KEY_FORBIDDEN)
async def key_that_has_expired(site: Site) -> None:
    """A key that may do nothing any more."""
    site.api.barred_keys[site.api.key] = "KEY_EXPIRED"


@setup(key=ApiProblem.KEY_FOR_TESTS)
async def key_for_tests(site: Site) -> None:
    """A key that makes nothing real."""
    key = "river_test_another-0123456789"
    api = await site.stack.enter_async_context(open_sandbox_api(key=key))
    site.set(MODELHUNTER_KEY=key, MODELHUNTER_URL=api.url)


@setup(key_permissions=ApiProblem.KEY_MAY_NOT_READ)
async def key_that_may_not_read(site: Site) -> None:
    """A key with permissions that leave out the reading of tasks."""
    site.api.faults.add("GET", "/tasks", status=403, code="KEY_PERMISSION_DENIED", times=None)


@setup(balance=ApiProblem.BALANCE_EMPTY)
async def empty_balance(site: Site) -> None:
    """An account without money."""
    site.api.balance = Decimal(0)


@setup(balance=ApiProblem.BALANCE_LOW)
async def low_balance(site: Site) -> None:
    """An account with less than the budget of a day."""
    site.api.balance = Decimal("3.50")


@setup(balance=ApiProblem.BALANCE_UNKNOWN)
async def balance_that_is_not_reported(site: Site) -> None:
    """An answer without a balance."""
    site.api.faults.add("GET", "/balance", body=b'{"success": true, "data": {}}', times=None)
