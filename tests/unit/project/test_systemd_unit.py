"""systemd's unit: read by systemd itself, hardened, and described as it is."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings.secret_files import file_names
from bot.settings.settings import Settings
from db.engines.database_url import parse_database_url

ROOT = Path(__file__).parents[3]
UNIT = (ROOT / "deploy/modelhunter-bot.service").read_text("utf-8")
PAGE = (ROOT / "docs/without-docker.md").read_text("utf-8")
# Of 10, as `systemd-analyze security` sums it up; a service without any hardening has 9.6.
MOST_EXPOSED = 1.4


def values(name: str) -> list[str]:
    """Return the values of a directive, in their order."""
    return re.findall(rf"^{name}=(.*)$", UNIT, re.M)


@pytest.fixture
def analyze(tmp_path: Path) -> list[str]:
    """Return systemd's program for reading units; without it these tests are skipped."""
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("no systemd found (Debian: apt-get install systemd)")
    # A unit whose program does not exist is complained about.
    unit = tmp_path / "modelhunter-bot.service"
    unit.write_text(re.sub(r"^ExecStart=.*$", f"ExecStart={sys.executable}", UNIT, flags=re.M))
    return [found, str(unit)]


def test_systemd_understands_the_whole_unit(analyze: list[str]) -> None:
    """No directive has a slip in it: systemd goes on without such a line."""
    program, unit = analyze
    read = subprocess.run(  # noqa: S603
        [program, "verify", "--man=no", unit],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    about = [line for line in read.stderr.splitlines() if "modelhunter-bot" in line]
    assert about == []
    assert read.returncode == 0


def test_systemd_finds_little_exposed_of_the_unit(analyze: list[str]) -> None:
    """What a hostile file or answer could reach stays as little as it is."""
    program, unit = analyze
    read = subprocess.run(  # noqa: S603
        [program, "security", "--offline=true", "--no-pager", unit],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    exposed = re.search(r"Overall exposure level .*: (\d+\.\d+)", read.stdout)
    assert exposed is not None
    assert float(exposed[1]) <= MOST_EXPOSED


def test_the_unit_sets_only_what_the_bot_knows() -> None:
    """The environment has names of settings, and the secrets are files that systemd hands over."""
    assigned = dict(line.split("=", 1) for line in values("Environment"))
    assert set(assigned) <= Settings.understood_names()
    credentials = {line.split(":")[0] for line in values("LoadCredential")}
    handed = {value.removeprefix("%d/") for name, value in assigned.items() if name in file_names()}
    assert handed == credentials == {"discord_token", "modelhunter_key"}


def test_the_units_database_is_in_the_folder_that_it_may_write() -> None:
    """All else is read-only."""
    (address,) = [
        line.split("=", 1)[1] for line in values("Environment") if line.startswith("DATABASE_URL=")
    ]
    path = parse_database_url(address.replace("%S", "/var/lib")).path
    assert path is not None
    assert str(path.parent) == f"/var/lib/{values('StateDirectory')[0]}"
    assert values("ProtectSystem") == ["strict"]


def test_the_unit_is_not_restarted_for_what_must_be_changed() -> None:
    """Exit code 2 is a wrong setting; a crash is followed by a pause."""
    assert values("Restart") == ["on-failure"]
    assert values("RestartPreventExitStatus") == ["2"]
    assert int(values("RestartSec")[0]) >= 30


def test_the_steps_for_systemd_make_what_the_unit_names() -> None:
    """The page installs the program and the files where the unit looks for them."""
    program = values("ExecStart")[0]
    assert f"python3 -m venv {program.removesuffix('/bin/modelhunter-bot')}\n" in PAGE
    for line in values("LoadCredential"):
        assert f"install -m 600 /dev/null {line.split(':')[1]}\n" in PAGE
    assert f"{values('WorkingDirectory')[0]}/.env" in PAGE
    assert "install -m 644 deploy/modelhunter-bot.service /etc/systemd/system/" in PAGE
