"""README.md, ARCHITECTURE.md and CONTRIBUTING.md agree with the program."""

import importlib
import inspect
import itertools
import re
import tomllib
from pathlib import Path

import discord
import pytest
from discord import app_commands

from bot.catalogue import read_catalogue
from bot.discord.cards.card_status import status_of
from bot.discord.client import EXTENSIONS
from bot.discord.interactions import permissions as access
from bot.locales.cards import CANCELLING, LATE, LATE_STATUSES, STATUSES
from bot.settings import Settings
from db.records import JobState
from tests.unit.discord.cards.jobs import make_job

ROOT = Path(__file__).parents[3]
PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def section(title: str, page: str = README) -> str:
    """Return the part of a page under that heading."""
    found = re.search(rf"^##+ {re.escape(title)}\n(.*?)(?=^##? )", page, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    """The table of settings has each setting once, and the default that it has."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| .+ \|$", section("Settings"), re.MULTILINE)
    assert [name for name, _ in rows] == [name.upper() for name in Settings.model_fields]
    shown = {name.lower(): default.strip("`") for name, default in rows if default[0] == "`"}
    plain = Settings(_env_file=None, discord_token="t", modelhunter_key="k")
    assert Settings(_env_file=None, discord_token="t", modelhunter_key="k", **shown) == plain
    assert [name for name, default in rows if default == "required"] == [
        name.upper() for name, field in Settings.model_fields.items() if field.is_required()
    ]
    unset = [name.lower() for name, default in rows if default.startswith("empty")]
    assert [name for name in unset if getattr(plain, name)] == []
    assert len(shown) + len(unset) + 2 == len(Settings.model_fields)


def test_the_invite_asks_for_what_the_bot_checks() -> None:
    """The permissions in the table are those the bot misses where it has none, and the link's."""
    nothing = discord.Permissions.none()
    missing = {
        *access.missing_permissions(nothing, in_thread=False),
        *access.missing_permissions(nothing, in_thread=True),
        "add_reactions",
    }
    table = section("2. Invite it")
    named = re.findall(r"^\| ([A-Z][A-Za-z ]+) \|", table, re.MULTILINE)[1:]
    # Discord's pages speak of channels, its flag of one.
    assert {name.replace("Channels", "Channel") for name in named} == {
        access.permission_name(flag) for flag in missing
    }
    link = re.search(r"^https://discord\.com/\S+&permissions=(\d+)$", table, re.MULTILINE)
    assert link is not None
    assert int(link[1]) == discord.Permissions(**dict.fromkeys(missing, True)).value


def commands() -> dict[str, set[str]]:
    """Return the names of the slash commands, each with its options."""
    found = {}
    for extension in EXTENSIONS:
        for _, cog in inspect.getmembers(importlib.import_module(extension), inspect.isclass):
            for command in getattr(cog, "__cog_app_commands__", []):
                assert isinstance(command, app_commands.Command)
                found[command.name] = {option.name for option in command.parameters}
    return found


def test_every_command_stands_in_the_table_with_its_options() -> None:
    """What can be typed is what the table says, and nothing else."""
    rows = re.findall(r"^\| `/(\w+)` \| (.+) \|$", section("What people can do"), re.MULTILINE)
    assert {name for name, _ in rows} == set(commands())
    for name in ("video", "image", "speech"):
        assert set(re.findall(r"`(\w+)`", dict(rows)[name])) == commands()[name]


@pytest.mark.parametrize("state", list(JobState))
def test_every_look_of_a_card_is_explained(state: JobState) -> None:
    """Each state's sign and words stand in the table of the card."""
    assert status_of(make_job(state=state)).title in section("What the card says")


def test_every_status_is_explained() -> None:
    """So do the words for each status, for late jobs and for those being cancelled."""
    table = section("What the card says")
    for status in STATUSES:
        assert status_of(make_job(state=JobState.FOLLOWING, status=status)).title in table
    for late in (*LATE_STATUSES.values(), LATE, *CANCELLING.values()):
        assert late.title in table


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_there(page: str) -> None:
    """Linked files, and paths in code spans, exist."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"(?<!\!)\[[^\]]+\]\(([^):#]+)\)", text)
    paths = re.findall(r"`((?:bot|cogs|db|sandbox|tests|requirements|docs)/[\w./-]*)`", text)
    assert [name for name in (*links, *paths) if not (ROOT / name).exists()] == []
    assert links


def names_of(requirements: list[str | dict[str, str]]) -> list[str]:
    """Return the names of the packages, without versions, extras and the groups included."""
    return [re.split(r"[\[<>=]", line)[0].strip() for line in requirements if isinstance(line, str)]


def test_every_dependency_has_its_reason() -> None:
    """Whoever adds a dependency says why in CONTRIBUTING.md."""
    names = {
        *names_of(PYPROJECT["project"]["dependencies"]),
        *itertools.chain(*map(names_of, PYPROJECT["project"]["optional-dependencies"].values())),
        *itertools.chain(*map(names_of, PYPROJECT["dependency-groups"].values())),
    }
    explained = re.findall(
        r"^\| `([\w.-]+)` \| .+ \|$", section("Dependencies", CONTRIBUTING), re.M
    )
    assert sorted(explained) == sorted(names)


def test_the_model_in_the_example_is_one_that_the_catalogue_takes() -> None:
    """The entry that people copy from CONTRIBUTING.md is read without complaint."""
    found = re.search(r"```toml\n(.*?)```", CONTRIBUTING, re.DOTALL)
    assert found is not None
    assert list(read_catalogue(found[1]).labels()) == ["kling-v3"]


def test_the_make_targets_on_the_pages_exist() -> None:
    """Nobody is told to make what can't be made."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = "".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    named = re.findall(r"(?:^|`|=\S+ )make ((?:[a-z-]+ ?)+)", text, re.MULTILINE)
    asked = {target for line in named for target in line.split()}
    assert asked >= {"demo", "test", "lint"}
    assert asked - targets == set()


def test_every_folder_of_tests_is_explained() -> None:
    """Whoever looks for the place of a test finds each one in CONTRIBUTING.md."""
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")}
    assert folders == set(re.findall(r"^\| `tests/(\w+)` \|", CONTRIBUTING, re.MULTILINE))


def test_every_page_under_docs_is_linked() -> None:
    """A page that no other page names is read by nobody."""
    linked = "".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    pages = [path.name for path in (ROOT / "docs").iterdir()]
    assert [name for name in pages if f"(docs/{name})" not in linked] == []


def test_what_the_steps_leave_behind_is_ignored() -> None:
    """The environments that the README makes do not show up as changes."""
    made = re.findall(r"^python3\.11 -m venv (\S+)$", README, re.MULTILINE)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert made
    assert [name for name in made if f"{name}/" not in ignored] == []
