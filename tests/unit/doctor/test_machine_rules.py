"""What the checks of the machine, the API and the way there make of what they see."""

import asyncio
import dataclasses
import ssl
from decimal import Decimal
from pathlib import Path

import aiohttp
import pytest

from bot.doctor.daemon_thread import in_daemon_thread
from bot.doctor.database_checks import facts_finding
from bot.doctor.machine_checks import Place, isolation_finding, look_at
from bot.doctor.modelhunter_checks import balance_finding, explain
from bot.doctor.network_checks import clock_finding
from bot.doctor.problems import ApiProblem, MachineProblem, Problem, SettingsProblem, WayProblem
from bot.doctor.reach import Reply
from bot.doctor.reach import explain as explain_connection
from bot.doctor.settings_checks import explain as explain_settings
from bot.doctor.web_checks import is_of_this_machine, webhooks_finding
from bot.modelhunter import Malformed, ModelHunterError, OperatorMustAct, Unavailable
from bot.outgoing import ProxyRefused
from bot.web.own_address import own_address
from db.engines.inspection import DatabaseFacts, Tables

FACTS = DatabaseFacts(
    engine="SQLite", tables=Tables.READY, size=1024, commit=0.002, is_checked=True
)


def test_a_slow_commit_is_a_warning() -> None:
    """A tenth of a second a commit is too slow for a burst; what was not measured is no problem."""
    assert facts_finding(FACTS).problem is None
    assert facts_finding(dataclasses.replace(FACTS, commit=None)).problem is None
    slow = facts_finding(dataclasses.replace(FACTS, commit=0.25))
    assert slow.problem == MachineProblem.DATABASE_SLOW.code
    assert "250.0 ms" in slow.seen


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        (Tables.NONE, None),
        (Tables.READY, None),
        (Tables.OLDER, MachineProblem.DATABASE_OLDER),
        (Tables.NEWER, MachineProblem.DATABASE_NEWER),
    ],
)
def test_tables_of_another_version(tables: Tables, problem: Problem | None) -> None:
    """Older ones are brought up to date by the start, newer ones are refused by it."""
    found = facts_finding(dataclasses.replace(FACTS, tables=tables))
    assert found.problem == (problem.code if problem else None)


@pytest.mark.parametrize(
    ("least", "enough", "problem"),
    [
        (0, 0, None),
        (0, 1 << 60, MachineProblem.DISK_LOW),
        (1 << 60, 1 << 60, MachineProblem.DISK_FULL),
    ],
)
def test_room_on_a_disk(tmp_path: Path, least: int, enough: int, problem: Problem | None) -> None:
    """Too little is a failure, little is a warning, and the folder is as it was."""
    place = Place(what="results", folder=tmp_path, least=least, enough=enough)
    assert look_at([place]).problem == (problem.code if problem else None)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    """The folder and the system's reason are named."""
    place = Place(what="results", folder=tmp_path / "gone", least=0, enough=0)
    found = look_at([place])
    assert found.problem == MachineProblem.FOLDER_UNWRITABLE.code
    assert str(tmp_path / "gone") in found.seen


def test_what_a_hostile_file_could_reach_is_named() -> None:
    """Nothing is as it should be; anything is a warning, also where the kernel claims otherwise."""
    assert isolation_finding([], "Landlock").problem is None
    found = isolation_finding(["files", "network"], "no Landlock, seccomp")
    assert found.problem == MachineProblem.ISOLATION_PARTIAL.code
    assert found.seen.endswith("files, network")


@pytest.mark.parametrize(
    ("balance", "problem"),
    [
        (None, ApiProblem.BALANCE_UNKNOWN),
        (Decimal("-1"), ApiProblem.BALANCE_EMPTY),
        (Decimal(0), ApiProblem.BALANCE_EMPTY),
        (Decimal("19.99"), ApiProblem.BALANCE_LOW),
        (Decimal(20), None),
    ],
)
def test_a_balance_covers_a_day(balance: Decimal | None, problem: Problem | None) -> None:
    """It is compared with the budget of one day."""
    found = balance_finding(balance, Decimal(20))
    assert found.problem == (problem.code if problem else None)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (OperatorMustAct(status=401, code="AUTH_INVALID_TOKEN"), ApiProblem.KEY_REFUSED),
        (OperatorMustAct(status=402, code="INSUFFICIENT_BALANCE"), ApiProblem.BALANCE_EMPTY),
        (OperatorMustAct(status=403, code="KEY_EXPIRED"), ApiProblem.KEY_FORBIDDEN),
        (OperatorMustAct(status=403, code=None, in_envelope=False), WayProblem.WRONG_SERVER),
        (Unavailable(), WayProblem.AWAY),
        (Unavailable(status=502), WayProblem.AWAY),
        (Unavailable(status=429, in_envelope=True), WayProblem.AWAY),
        (Malformed("the page of a proxy", status=200), WayProblem.WRONG_SERVER),
        (Malformed(in_envelope=True), WayProblem.AWAY),
    ],
)
def test_an_error_of_the_api_is_explained(error: ModelHunterError, problem: Problem) -> None:
    """What the key is blamed for comes from the API itself, in its own envelope."""
    assert explain(error).problem == problem.code


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (ProxyRefused("ClientHttpProxyError"), WayProblem.PROXY_REFUSES),
        (ssl.SSLError(1, "certificate verify failed"), WayProblem.CERTIFICATE_REFUSED),
        (TimeoutError(), WayProblem.NO_ANSWER),
        (aiohttp.ServerTimeoutError(), WayProblem.NO_ANSWER),
        (ConnectionRefusedError(111, "Connection refused"), WayProblem.NOT_CONNECTED),
        (aiohttp.ServerDisconnectedError(), WayProblem.NOT_CONNECTED),
        (ValueError("odd"), WayProblem.NOT_CONNECTED),
    ],
)
def test_why_there_is_no_answer(error: Exception, problem: Problem) -> None:
    """The part of the way that failed is named."""
    assert explain_connection(error).problem == problem.code


@pytest.mark.parametrize(
    ("ahead", "problem"),
    [
        ({"Discord": 29.0, "ModelHunter": -29.0}, None),
        ({"Discord": 31.0, "ModelHunter": 0.0}, MachineProblem.CLOCK_OFF),
        ({"Discord": -3600.0, "ModelHunter": -3600.0}, MachineProblem.CLOCK_OFF),
        ({}, None),
    ],
)
def test_clocks_that_differ(ahead: dict[str, float], problem: Problem | None) -> None:
    """Half a minute is what the bot itself reports."""
    assert clock_finding(ahead).problem == (problem.code if problem else None)


def test_the_direction_in_which_a_clock_differs_is_said() -> None:
    """A server that is ahead means that this machine is behind."""
    assert clock_finding({"Discord": 90.0}).seen == "90 s behind Discord's"
    assert clock_finding({"Discord": -90.0}).seen == "90 s ahead of Discord's"


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (404, b"", None),
        (404, b"404: Not Found", MachineProblem.WEBHOOKS_UNKNOWN),
        (404, b"<html>", MachineProblem.WEBHOOKS_ELSEWHERE),
        (200, b"", MachineProblem.WEBHOOKS_ELSEWHERE),
        (502, b"", MachineProblem.WEBHOOKS_ELSEWHERE),
        (301, b"", MachineProblem.WEBHOOKS_ELSEWHERE),
    ],
)
def test_who_answers_at_the_public_address(
    status: int, body: bytes, problem: Problem | None
) -> None:
    """The bot answers an address that no job has with 404 and nothing else (docs/webhooks.md)."""
    reply = Reply(status=status, body=body, is_json=False, seconds=0.1, ahead=None)
    found = webhooks_finding("https://bot.example.org", reply)
    assert found.problem == (problem.code if problem else None)


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("https://192.168.1.2", True),
        ("https://[::1]", True),
        ("https://nas", True),
        ("https://bot.example.org", False),
        ("https://8.8.8.8", False),
    ],
)
def test_an_address_that_leads_into_the_own_network(url: str, is_local: bool) -> None:
    """Its form decides."""
    assert is_of_this_machine(url) is is_local


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),  # noqa: S104
        ("::", "http://[::1]:8080"),
        ("::1", "http://[::1]:8080"),
        ("bot.example", "http://bot.example:8080"),
    ],
)
def test_where_the_own_server_is_asked(host: str, address: str) -> None:
    """A host that means all addresses is asked at this machine's own."""
    assert own_address(host, 8080) == address


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        (
            "DISCORD_TOKEN is missing. Set it in the environment or in .env (see .env.example).",
            SettingsProblem.TOKEN_SHAPE,
        ),
        (
            "MODELHUNTER_KEY is no whole copy: it has a blank. Set it in the environment.",
            SettingsProblem.KEY_SHAPE,
        ),
        (
            "DISCORD_TOKEN is missing; MODELHUNTER_KEY is missing. Set them",
            SettingsProblem.SETTINGS_WRONG,
        ),
        (
            "HTTP_PORT must be a port, 1 to 65535; `x` is none. Set it",
            SettingsProblem.SETTINGS_WRONG,
        ),
        ("The file .env can't be read: Permission denied.", SettingsProblem.SETTINGS_WRONG),
    ],
)
def test_which_setting_a_sentence_is_about(sentence: str, problem: Problem) -> None:
    """One secret that is wrong has a mend of its own."""
    assert explain_settings(sentence).problem == problem.code


async def test_a_thread_that_hangs_keeps_nothing() -> None:
    """Its result or error comes back; one that does not end is left to itself."""
    assert await in_daemon_thread(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await in_daemon_thread(lambda: 1 // 0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await in_daemon_thread(_wait_forever)


def _wait_forever() -> None:
    import threading

    threading.Event().wait(5)
