"""Whatever a server answers is a finding, and never a fault of the check itself."""

import pytest

from bot.doctor.checks import TIMEOUT
from bot.doctor.examination import CHECKS
from bot.doctor.findings import Verdict
from bot.doctor.problems import CheckProblem
from sandbox.discord.faults import DiscordFaultOptions
from sandbox.modelhunter.faults import ApiFaultOptions
from tests.end_to_end.doctor.site import SLOW, Site

# What is asked of Discord, and by the doctor alone.
ASKED = (
    "/gateway",
    "/users/@me",
    "/applications/@me",
    "/gateway/bot",
    "/applications/*/commands",
    "/guilds/*",
    "/guilds/*/members/*",
    "/guilds/*/channels",
    "/channels/*",
)
OF_DISCORD: tuple[DiscordFaultOptions, ...] = (
    {"status": 401},
    {"status": 403, "code": 50001},
    {"status": 404, "code": 10004},
    {"status": 400, "body": "<html>a proxy</html>"},
    {"status": 200, "body": "<html>a sign-in page</html>"},
    {"cut": "before"},
)
OF_API: tuple[ApiFaultOptions, ...] = (
    {"status": 401, "code": "AUTH_TOKEN_EXPIRED"},
    {"status": 402, "code": "INSUFFICIENT_BALANCE"},
    {"status": 403, "code": "KEY_EXPIRED"},
    {"status": 404, "code": "NOT_FOUND"},
    {"status": 429, "code": "RATE_LIMITED"},
    {"status": 500},
    {"status": 302, "body": "html"},
    {"status": 200, "body": "html"},
    {"body": "truncated"},
    {"body": "huge"},
    {"body": "wrong-type"},
    {"body": b"[]"},
    {"body": b"{}"},
    {"cut": "before"},
    {"cut": "middle"},
)
CRASHES = {CheckProblem.CHECK_CRASHED.code, CheckProblem.CHECK_TIMED_OUT.code}


@pytest.mark.parametrize("fault", OF_DISCORD, ids=str)
@pytest.mark.parametrize("path", ASKED)
async def test_an_odd_answer_of_discord(site: Site, path: str, fault: DiscordFaultOptions) -> None:
    """Each call is met with it from the first time on; every check ends, and none crashes."""
    site.channel = site.discord.channel
    site.discord.faults.add("GET", path, times=None, **fault)
    found = await site.examine()
    assert {name: each.seen for name, each in found.items() if each.problem in CRASHES} == {}
    assert {each.verdict for each in found.values()} != {Verdict.OK}


@pytest.mark.parametrize("fault", OF_API, ids=str)
@pytest.mark.parametrize("path", ["/balance", "/tasks", "/tasks/*"])
async def test_an_odd_answer_of_the_api(site: Site, path: str, fault: ApiFaultOptions) -> None:
    """The same of the API; what depends on it is not checked, and what does not is ok."""
    site.api.faults.add("GET", path, times=None, **fault)
    found = await site.examine()
    assert {name: each.seen for name, each in found.items() if each.problem in CRASHES} == {}
    others = {"discord", "token", "application", "commands", "database"}
    assert {name: found[name].verdict for name in others} == dict.fromkeys(others, Verdict.OK)


def test_every_check_has_a_time_of_its_own() -> None:
    """None is without, and those that start nothing end soon."""
    assert {row.name for row in CHECKS if row.timeout <= 0} == set()
    quick = [row for row in CHECKS if row.name not in {*SLOW, "commands"}]
    assert {row.name for row in quick if row.timeout > TIMEOUT} == set()
