"""Compose's files: the image, its build as an override, PostgreSQL as a profile, and few rights."""

import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings.env_file import parse_env_file
from bot.settings.settings import Settings
from db.engines.database_url import parse_database_url

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
PAGE = (ROOT / "docs/docker.md").read_text("utf-8")


def services(name: str = "compose.yaml") -> dict[str, dict[str, Any]]:
    """Return the services of a file."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / name).read_text("utf-8"))["services"]
    return found


BOT = services()["bot"]
POSTGRES = services()["postgres"]
PROFILES = sorted({each for service in services().values() for each in service.get("profiles", ())})


def lines_of(page: str, language: str) -> str:
    """Return all code of one language on a page."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", page, re.M | re.S))


def test_the_image_of_compose_is_named_and_its_build_is_an_override() -> None:
    """compose.yaml alone runs a published image; in a checkout Compose reads the override by itself."""
    assert "build" not in BOT
    assert BOT["image"] == "${BOT_IMAGE:-modelhunter-discord-bot}"
    assert services("compose.override.yaml") == {"bot": {"build": ".", "pull_policy": "build"}}


def test_the_bots_container_has_the_least_rights() -> None:
    """No root, no capability, nothing to write but its volume and a folder in memory."""
    assert BOT["read_only"] is True
    assert BOT["cap_drop"] == ["ALL"]
    assert BOT["security_opt"] == ["no-new-privileges:true"]
    assert "cap_add" not in BOT
    assert "ports" not in BOT
    user = re.findall(r"^USER (\S+)$", DOCKERFILE, re.M)
    assert user == ["10001:10001"]
    assert "useradd --uid 10001 " in DOCKERFILE
    assert [volume.split(":")[1] for volume in BOT["volumes"]] == re.findall(
        r"^VOLUME (\S+)$", DOCKERFILE, re.M
    )


def test_every_container_starts_again_with_few_rights() -> None:
    """After a reboot too, and none can gain a right."""
    for name, service in services().items():
        assert service["restart"] == "unless-stopped", name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["cap_drop"] == ["ALL"], name


def test_postgresql_is_a_profile_that_the_bot_waits_for() -> None:
    """Without the profile nothing of it is needed; with it, the bot starts when it takes connections."""
    assert POSTGRES["profiles"] == ["postgres"]
    assert BOT["depends_on"]["postgres"] == {"condition": "service_healthy", "required": False}
    assert "pg_isready" in POSTGRES["healthcheck"]["test"]
    assert "ports" not in POSTGRES
    (volume,) = POSTGRES["volumes"]
    assert (
        volume.split(":")[0]
        in yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["volumes"]
    )


def test_monitoring_is_a_profile_that_only_this_machine_reaches() -> None:
    """Its files exist, Grafana's page is on loopback, and its figures come from the service's name."""
    every = services()
    monitoring = {
        name: each for name, each in every.items() if "monitoring" in each.get("profiles", ())
    }
    assert set(monitoring) == {"prometheus", "grafana"}
    for service in monitoring.values():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")
        for source, _, _ in (volume.partition(":") for volume in service["volumes"]):
            assert not source.startswith("./") or (ROOT / source).exists(), source
        assert re.fullmatch(r"[\w/-]+:v?\d+\.\d+\.\d+", service["image"])
    sources = yaml.safe_load(
        (ROOT / "monitoring/grafana/provisioning/datasources/prometheus.yml").read_text("utf-8")
    )
    assert sources["datasources"][0]["url"] == "http://prometheus:9090"
    settings = yaml.safe_load((ROOT / "monitoring/prometheus.yml").read_text("utf-8"))
    (found,) = settings["scrape_configs"][0]["dns_sd_configs"]
    assert found["names"] == ["bot"]
    assert f"    HTTP_PORT={found['port']}\n" in DOCKERFILE


def test_the_password_of_postgresql_has_no_default() -> None:
    """It is written once, in `.env`, and reaches both; without one PostgreSQL does not start."""
    assert POSTGRES["environment"]["POSTGRES_PASSWORD"] == "${POSTGRES_PASSWORD:-}"
    assert BOT["environment"] == {"PGPASSWORD": "${POSTGRES_PASSWORD:-}"}
    assert "POSTGRES_HOST_AUTH_METHOD" not in POSTGRES["environment"]


def test_the_lines_for_postgresql_name_the_profiles_database() -> None:
    """What the page says to put into `.env` is the database, the user and the host of the service."""
    (address,) = re.findall(r"^DATABASE_URL=(.+)$", lines_of(PAGE, "sh"), re.M)
    url = parse_database_url(address).url
    made: Mapping[str, str] = POSTGRES["environment"]
    assert (url.database, url.username) == (made["POSTGRES_DB"], made["POSTGRES_USER"])
    assert url.host == "postgres"
    assert url.password is None
    (profiles,) = re.findall(r"^COMPOSE_PROFILES=(.+)$", lines_of(PAGE, "sh"), re.M)
    assert profiles == "postgres"


def test_the_lines_on_dockers_page_are_understood_in_the_env_file() -> None:
    """The bot reads the same `.env` without Docker, and refuses none of what Compose reads there."""
    assigned = re.findall(r"^[A-Z_]+=.*$", lines_of(PAGE, "sh"), re.M)
    assert len(assigned) >= 5
    for line in assigned:
        assert parse_env_file(line, Settings.understood_names()).mistakes == []


def test_the_composition_of_a_release_names_its_image(tmp_path: Path) -> None:
    """The `compose.yaml` among a release's files runs that release's image, and is else the same."""
    image = "ghcr.io/someone/modelhunter-discord-bot@sha256:" + "0f" * 32
    script: list[str | Path] = [ROOT / ".ci/release-files", image, tmp_path]
    subprocess.run(script, check=True, timeout=60)  # noqa: S603
    made = yaml.safe_load((tmp_path / "compose.yaml").read_text("utf-8"))
    assert made["services"].pop("bot") == {**BOT, "image": f"${{BOT_IMAGE:-{image}}}"}
    assert made["services"] == {name: each for name, each in services().items() if name != "bot"}
    assert (tmp_path / "env.example").read_text("utf-8") == (ROOT / ".env.example").read_text(
        "utf-8"
    )
    assert (tmp_path / "modelhunter-bot.service").is_file()
    with tarfile.open(tmp_path / "monitoring.tar.gz") as files:
        mounted = {
            volume.split(":")[0].removeprefix("./")
            for service in services().values()
            for volume in service["volumes"]
            if volume.startswith("./")
        }
        assert mounted
        assert mounted <= set(files.getnames())


@pytest.fixture
def compose() -> list[str]:
    """Return the command of Docker's Compose; without it the test is skipped."""
    docker = shutil.which("docker") or "docker"
    command = [docker, "compose"]
    try:
        subprocess.run([*command, "version"], check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no Compose found (Docker's plugin)")
    return command


@pytest.mark.parametrize("profile", [None, *PROFILES])
def test_compose_itself_accepts_its_files(
    profile: str | None, compose: list[str], tmp_path: Path
) -> None:
    """Compose reads the files, and starts the bot and what the profile names."""
    for name in ("compose.yaml", "compose.override.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    command = [*compose, *(("--profile", profile) if profile else ()), "config", "--services"]
    shown = subprocess.run(  # noqa: S603
        command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60
    )
    wanted = {
        name
        for name, service in services().items()
        if "profiles" not in service or profile in service["profiles"]
    }
    assert set(shown.stdout.split()) == wanted
