"""The doctor finds each fault of a set-up, names its mend, and changes nothing."""

import json
import sys
from pathlib import Path

import pytest

from bot.doctor.examination import CHECKS, DRY_JOB
from bot.doctor.findings import Verdict
from bot.doctor.problems import (
    PROBLEMS,
    CheckProblem,
    DiscordProblem,
    MachineProblem,
    SettingsProblem,
)
from bot.doctor.report import as_json, has_failed, lines_of
from sandbox.demo import NEEDED
from tests.end_to_end.doctor.setups import SETUPS, BrokenSetup
from tests.end_to_end.doctor.setups.machine import serve
from tests.end_to_end.doctor.site import Site, secrets, wrong
from tests.integration.outgoing.private_network import Authority, open_proxy, open_tls
from tests.postgresql import fresh_database

BY_CODE = {problem.code: problem for problem in PROBLEMS}
# What is tried by its own rule, as no set-up of two servers on loopback has it.
BY_THEIR_RULE = {
    DiscordProblem.INTENTS_OFF: "unit/doctor/test_discord_rules.py",
    MachineProblem.DATABASE_SLOW: "unit/doctor/test_machine_rules.py",
    MachineProblem.FOLDER_UNWRITABLE: "unit/doctor/test_machine_rules.py",
    MachineProblem.DISK_FULL: "unit/doctor/test_machine_rules.py",
    MachineProblem.DISK_LOW: "unit/doctor/test_machine_rules.py",
    MachineProblem.ISOLATION_PARTIAL: "unit/doctor/test_machine_rules.py",
    CheckProblem.CHECK_CRASHED: "unit/doctor/test_checks.py",
    CheckProblem.CHECK_TIMED_OUT: "unit/doctor/test_checks.py",
    MachineProblem.TRANSCODER_FAILS: "end_to_end/doctor/test_doctor.py",
    MachineProblem.DRY_JOB_FAILED: "end_to_end/doctor/test_doctor.py",
}
ROW = {row.name: row for row in CHECKS}


async def test_a_good_set_up_is_all_ok(site: Site) -> None:
    """Every check is made, the slow ones and a channel too, and each says ok."""
    site.channel = site.discord.channel
    found = await site.examine(CHECKS)
    assert {name: each.seen for name, each in found.items() if each.verdict is not Verdict.OK} == {}
    assert not has_failed(found)
    assert [name for name in ROW if name not in found] == []


async def test_a_good_set_up_in_a_closed_network_is_all_ok(site: Site) -> None:
    """By a proxy and an authority of one's own, with webhooks; the proxy reads no secret."""
    authority = Authority(site.folder)
    own_port = await serve(site, takes_webhooks=True)
    servers = {
        "api.example": site.api.address[1],
        "discord.example": int(site.discord.url.rpartition(":")[2]),
        "files.example": own_port,
    }
    ways = {}
    for name, port in servers.items():
        served = open_tls(("127.0.0.1", port), authority.server_context())
        ways[f"{name}:443"] = ("127.0.0.1", await site.stack.enter_async_context(served))
    proxy = await site.stack.enter_async_context(open_proxy(ways, credentials="me:right"))
    site.point_discord_at("https://discord.example")
    site.set(
        SSL_CERT_FILE=str(authority.file),
        HTTPS_PROXY=f"http://me:right@127.0.0.1:{proxy.port}",
        MODELHUNTER_URL="https://api.example/api/v1",
        PUBLIC_URL="https://files.example",
    )
    found = await site.examine()
    assert {name: each.seen for name, each in found.items() if each.verdict is not Verdict.OK} == {}
    assert set(proxy.connects) == set(ways)
    assert [secret for secret in secrets() if secret.encode() in proxy.seen] == []
    assert "right" not in as_json(found)


async def test_a_good_set_up_on_postgresql_is_all_ok(site: Site) -> None:
    """The same on a database server."""
    async with fresh_database() as address:
        site.set(DATABASE_URL=address)
        found = await site.examine()
    assert wrong(found) == {}
    assert found["database"].seen.startswith("PostgreSQL 1")


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: setup.name)
async def test_a_broken_set_up_has_its_finding_and_its_mend(site: Site, setup: BrokenSetup) -> None:
    """What is broken is found by its check alone, with its mend; no secret is in what is said."""
    await setup.breaks(site)
    found = await site.examine()
    assert wrong(found) == {name: problem.code for name, problem in setup.finds.items()}
    for finding in found.values():
        if finding.problem is not None:
            row = BY_CODE[finding.problem].value
            assert (finding.mend or "").startswith(row.mend)
    said = as_json(found) + "".join(line for each in found for line in lines_of(each, found[each]))
    assert [secret for secret in [*secrets(), "planted-password"] if secret in said] == []
    failed = {problem for problem in setup.finds.values() if problem.row.verdict == "failed"}
    assert has_failed(found) is bool(failed)


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: setup.name)
def test_the_page_says_in_which_check_a_problem_is_found(setup: BrokenSetup) -> None:
    """The table's column of checks names each check by which a set-up here is found out."""
    for name, problem in setup.finds.items():
        assert {name, "any check", "any check of Discord"} & set(problem.row.checks)


def test_there_is_a_set_up_for_each_problem() -> None:
    """No row of the table is without a set-up, or a rule with a test of its own."""
    broken = {problem for setup in SETUPS for problem in setup.finds.values()}
    assert broken | set(BY_THEIR_RULE) == set(PROBLEMS)
    assert broken & set(BY_THEIR_RULE) == set()
    tests = Path(__file__).parents[2]
    assert [name for name in BY_THEIR_RULE.values() if not (tests / name).exists()] == []
    assert len(SETUPS) >= 25


async def test_what_depends_on_a_failure_is_not_checked(site: Site) -> None:
    """Nothing is asked with a token that is refused, and each line names the check that failed."""
    site.set(DISCORD_TOKEN=f"{site.discord.token[:-4]}else")
    found = await site.examine()
    blocked = {name: each for name, each in found.items() if each.verdict is Verdict.NOT_CHECKED}
    assert {"gateway", "application", "commands", f"server {site.discord.guild}"} <= set(blocked)
    assert {each.blocked_by for each in blocked.values()} == {"token"}
    assert {each.seen for each in blocked.values()} == {
        "not checked, as the check of token did not pass"
    }


async def test_nothing_is_asked_where_the_settings_are_wrong(site: Site) -> None:
    """With a wrong setting no server gets a call, and every check says why it was not made."""
    site.set(MAX_RUNNING_PER_USER="many")
    found = await site.examine()
    assert {each.blocked_by for name, each in found.items() if name != "settings"} == {"settings"}
    assert [*site.discord.calls, *site.api.requests] == []


async def test_a_transcoder_that_does_not_start_is_found(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transcoder that can't make a picture smaller fails, and what it protects is not checked."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    found = await site.examine([ROW["disk"], ROW["transcoder"], ROW["isolation"]])
    assert wrong(found) == {"transcoder": MachineProblem.TRANSCODER_FAILS.code}
    assert found["isolation"].blocked_by == "transcoder"


async def test_a_dry_job_is_made_against_the_sandbox(site: Site) -> None:
    """The bot makes an image and shows it; neither account of the settings is asked for anything."""
    found = await site.examine([ROW["disk"], DRY_JOB])
    assert found["dry job"].verdict is Verdict.OK, found["dry job"].seen
    assert [*site.discord.calls, *site.api.requests] == []


async def test_a_dry_job_needs_the_packages_of_the_demo(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where they are absent, as in the image, it is not made, which is no failure."""
    monkeypatch.setitem(NEEDED, "no_such_module", "NoSuchPackage")
    found = await site.examine([ROW["disk"], DRY_JOB])
    assert found["dry job"].verdict is Verdict.NOT_CHECKED
    assert "NoSuchPackage" in found["dry job"].seen
    assert not has_failed(found)


async def test_a_dry_job_that_fails_is_a_failure(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot that does not start is named, with what it said."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    found = await site.examine([ROW["disk"], DRY_JOB])
    assert wrong(found) == {"dry job": MachineProblem.DRY_JOB_FAILED.code}
    assert "exit code 1" in found["dry job"].seen


async def test_the_report_is_json_too(site: Site) -> None:
    """A program reads name, verdict, what was seen, the mend, and the row of the table."""
    site.set(DAILY_BUDGET_USD="0")
    report = json.loads(as_json(await site.examine([ROW["servers"], ROW["budget"]])))
    assert report["ok"] is True  # a warning is no failure
    assert report["checks"][2] == {
        "name": "budget",
        "verdict": "warning",
        "seen": "no request is accepted: DAILY_BUDGET_USD is 0",
        "mend": SettingsProblem.BUDGET_ZERO.row.mend,
        "problem": "budget-zero",
    }
