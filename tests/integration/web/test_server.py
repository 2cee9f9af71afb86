"""The web server reports whether the bot is healthy and whether it can work."""

import aiohttp
import pytest

from bot.monitoring.health import Health
from bot.web.server import PortUnusable, open_web

HOST = "127.0.0.1"


async def get(port: int, path: str) -> tuple[int, str, dict[str, str]]:
    """Return status, text and headers of a GET."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://{HOST}:{port}{path}") as response,
    ):
        return response.status, await response.text(), dict(response.headers)


async def test_healthz_answers_with_any_problem() -> None:
    """A process whose event loop answers is healthy, also with problems."""
    health = Health()
    health.report("database", "The database can't be written.")
    async with open_web(HOST, 0, health) as port:
        assert (await get(port, "/healthz"))[:2] == (200, "ok")


async def test_readyz_follows_the_problems() -> None:
    """Readiness is what the checks say now: no problem, some, none again."""
    health = Health()
    async with open_web(HOST, 0, health) as port:
        assert (await get(port, "/readyz"))[:2] == (
            200,
            '{"ready": true, "reasons": [], "counts": {}}',
        )

        health.report("modelhunter", "The API refuses the key (401): check MODELHUNTER_KEY.")
        health.report("discord", "Not connected to Discord.")
        status, text, _ = await get(port, "/readyz")
        assert status == 503
        assert text == (
            '{"ready": false, "reasons": ["Not connected to Discord.", '
            '"The API refuses the key (401): check MODELHUNTER_KEY."], "counts": {}}'
        )

        health.clear("modelhunter")
        health.clear("discord")
        assert (await get(port, "/readyz"))[0] == 200


async def test_readyz_counts_what_there_is_to_do() -> None:
    """The counts are those of the moment, also when there is a problem."""
    jobs = [1]
    async with open_web(HOST, 0, Health(), counts=lambda: {"jobs": len(jobs)}) as port:
        assert '"counts": {"jobs": 1}' in (await get(port, "/readyz"))[1]
        jobs.append(2)
        assert '"counts": {"jobs": 2}' in (await get(port, "/readyz"))[1]


def test_a_health_check_has_one_problem() -> None:
    """A newer problem of a check replaces the older; clearing an unknown check is no error."""
    health = Health()
    health.report("database", "Slow.")
    health.report("database", "Gone.")
    health.clear("unheard of")

    assert health.problems() == ("Gone.",)
    assert health.problem("database") == "Gone."
    assert health.problem("unheard of") is None


@pytest.mark.parametrize("path", ["/", "/healthz/", "/metrics2", "/../healthz2", "/readyz/x"])
async def test_other_paths_are_not_found(path: str) -> None:
    """What is not served is not found."""
    async with open_web(HOST, 0, Health()) as port:
        assert (await get(port, path))[0] == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/nowhere"])
async def test_no_answer_names_versions(path: str) -> None:
    """No answer says which software runs, in which version."""
    async with open_web(HOST, 0, Health()) as port:
        _, text, headers = await get(port, path)

    assert "Server" not in headers
    assert "aiohttp" not in text


async def test_health_routes_take_only_get() -> None:
    """The health routes take no other method."""
    async with (
        open_web(HOST, 0, Health()) as port,
        aiohttp.ClientSession() as session,
        session.post(f"http://{HOST}:{port}/healthz") as response,
    ):
        assert response.status == 405


async def test_a_taken_port_is_reported_in_one_sentence() -> None:
    """The operator reads which address is taken and which settings to change."""
    async with open_web(HOST, 0, Health()) as port:
        with pytest.raises(PortUnusable) as caught:
            async with open_web(HOST, port, Health()):
                pass  # pragma: no cover

    assert str(caught.value) == (
        f"The web server can't listen on 127.0.0.1, port {port} (Address already in use): "
        "choose others with HTTP_HOST and HTTP_PORT."
    )


async def test_a_foreign_host_is_reported_in_one_sentence() -> None:
    """An address that is not of this machine is reported like a taken port."""
    with pytest.raises(PortUnusable, match=r"can't listen on 192\.0\.2\.1, port 0 \("):
        async with open_web("192.0.2.1", 0, Health()):
            pass  # pragma: no cover


async def test_the_port_is_free_afterwards() -> None:
    """Leaving the context closes the server, so that a restart finds its port."""
    async with open_web(HOST, 0, Health()) as port:
        await get(port, "/healthz")
    async with open_web(HOST, port, Health()) as again:
        assert again == port
