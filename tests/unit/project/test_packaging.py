"""What is shipped is whole: the wheel, the image's files, the settings' example and the changelog."""

import json
import os
import re
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.settings import Settings
from sandbox.discord.server import TOKEN

ROOT = Path(__file__).parents[3]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
EXAMPLE = (ROOT / ".env.example").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def wheel(
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[zipfile.ZipFile, None, None]:
    """Build the wheel as the image does."""
    folder = tmp_path_factory.mktemp("wheel")
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, *command], check=True, capture_output=True, timeout=300)  # noqa: S603
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as built:
        yield built


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """No tests, data or secrets are shipped."""
    names = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {
        "bot",
        "cogs",
        "db",
        "sandbox",
    }


def test_the_wheel_holds_every_source_file(wheel: zipfile.ZipFile) -> None:
    """The catalogue's data and the database's steps are shipped with the code that reads them."""
    shipped = set(wheel.namelist())
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in ("bot", "cogs", "db", "sandbox")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sources - shipped == set()
    assert "bot/catalogue/models.toml" in shipped
    assert "db/migrations/versions/first_tables.py" in shipped


def test_the_console_script_starts_the_bot(wheel: zipfile.ZipFile) -> None:
    """The image's command exists."""
    (entries,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "modelhunter-bot = bot.__main__:run" in wheel.read(entries).decode()
    assert 'CMD ["modelhunter-bot"]' in DOCKERFILE


def test_the_image_copies_every_package() -> None:
    """A new package can't be forgotten in the image, nor be kept out of it."""
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    for package in ("bot", "cogs", "db", "sandbox"):
        assert f"COPY {package} {package}\n" in DOCKERFILE
        assert f"!{package}" in allowed


def test_dependencies_are_locked_with_hashes_and_without_addresses() -> None:
    """Each declared dependency is in the image's lock, and no lock names an index."""
    for name in ("bot", "build", "demo", "dev"):
        lock = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in lock
        assert len(re.findall(r"^[a-z]", lock, re.M)) == len(
            re.findall(r"^[a-z].*\\\n +--hash=sha256:", lock, re.M)
        )
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements/bot.txt").read_text(), re.M))
    declared = {re.split(r"[\[<>=]", line)[0].replace(".", "-") for line in PROJECT["dependencies"]}
    assert declared - locked == set()


def test_the_developers_group_holds_the_demo() -> None:
    """The group `dev` repeats the extra `demo`, so that one group is enough to run every test."""
    demo = PROJECT["optional-dependencies"]["demo"]
    assert [line for line in demo if line not in PYPROJECT["dependency-groups"]["dev"]] == []


def test_the_developers_group_is_locked() -> None:
    """Each package of a dependency group is in the lock file of the same name."""
    for name, lines in PYPROJECT["dependency-groups"].items():
        lock = (ROOT / "requirements" / f"{name}.txt").read_text()
        declared = {re.split(r"[\[<>=]", line)[0] for line in lines if isinstance(line, str)}
        assert declared - set(re.findall(r"^([\w.-]+)==", lock, re.M)) == set()


def test_the_example_explains_every_setting_with_its_default() -> None:
    """`.env.example` has each setting once, under a line that explains it, as it is by default."""
    found = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", EXAMPLE, re.M))
    assert sorted(found) == sorted(name.upper() for name in Settings.model_fields)
    filled = {name.lower(): value for name, value in found.items() if value}
    defaults = Settings(_env_file=None, discord_token=TOKEN, modelhunter_key="k")
    given = Settings(_env_file=None, discord_token=TOKEN, modelhunter_key="k", **filled)
    assert given == defaults


def test_the_example_explains_each_setting_in_the_words_of_its_field() -> None:
    """The line above each setting in `.env.example` is the field's description, in their order."""
    explained = re.findall(r"^# (.+)\n(?:# )?([A-Z_]+)=", EXAMPLE, re.M)
    assert explained == [
        (field.description, name.upper()) for name, field in Settings.model_fields.items()
    ]


def test_an_untouched_example_may_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filling in the first two lines, and uncommenting the rest, makes a working `.env`."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    everything = re.sub(r"^# ([A-Z_]+=)", r"\1", EXAMPLE, flags=re.M)
    filled = everything.replace("DISCORD_TOKEN=", f"DISCORD_TOKEN={TOKEN}").replace("KEY=", "KEY=k")
    (tmp_path / ".env").write_text(filled)
    settings = Settings(_env_file=tmp_path / ".env")
    assert settings.http_port is None
    assert settings.allowed_guild_ids == frozenset()


def test_the_changelog_begins_with_this_version() -> None:
    """Operators read what the version they run has brought."""
    first = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert first is not None
    assert first[1] == PROJECT["version"]


@contextmanager
def _server_that_answers(status: int) -> Generator[int, None, None]:
    """Serve one status on loopback and yield the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, name="health")
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _health_check(port: int) -> int:
    """Run the image's HEALTHCHECK as the engine would and return its exit code."""
    found = re.search(r"^HEALTHCHECK .*\n +CMD (\[.*\])$", DOCKERFILE, re.M)
    assert found is not None
    _, *arguments = json.loads(found[1])
    environment = {**os.environ, "HTTP_PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, check=False, timeout=60).returncode  # noqa: S603


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_the_health_check_believes_only_200(status: int, code: int) -> None:
    """A container is healthy when /healthz says so."""
    with _server_that_answers(status) as port:
        assert _health_check(port) == code


def test_the_health_check_fails_without_an_answer() -> None:
    """A container whose bot is gone is not healthy."""
    with _server_that_answers(200) as port:
        pass
    assert _health_check(port) == 1
