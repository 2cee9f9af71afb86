"""The README, the pages under docs/, ARCHITECTURE.md and CONTRIBUTING.md agree with the program."""

import ast
import itertools
import re
import tomllib
from pathlib import Path

import discord
import pytest
from discord import app_commands

from bot.catalogue import Kind, load_catalogue, read_catalogue
from bot.discord.cards.card_status import status_of
from bot.discord.interactions import permissions as access
from bot.locales.card_texts import (
    CANCELLING,
    LATE,
    LATE_ACCEPTED,
    LATE_STATUSES,
    STATUSES,
    UPLOADING,
)
from bot.settings import Settings
from db.records import JobState
from sandbox.discord.server import TOKEN
from tests.unit.discord.cards.jobs import ENGLISH, make_job
from tests.unit.discord.every_cog import cog_classes

ROOT = Path(__file__).parents[3]
DOCS = tuple(sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", *DOCS)
# Written by `make crash`.
GENERATED = ("docs/reliability.md",)


def read(page: str) -> str:
    """Return the text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


README = read("README.md")
CONTRIBUTING = read("CONTRIBUTING.md")
PYPROJECT = tomllib.loads(read("pyproject.toml"))


def section(title: str, page: str = README) -> str:
    """Return the part of a page under that heading."""
    found = re.search(
        rf"^##+ {re.escape(title)}\n(.*?)(?=^##? |\Z)", page, re.MULTILINE | re.DOTALL
    )
    assert found is not None, title
    return found[1]


def test_the_readme_is_one_page() -> None:
    """What a new operator needs fits on one page; every other question has a page of its own."""
    assert README.count("\n") <= 130
    assert re.findall(r"^## (.+)$", README, re.MULTILINE) == [
        "Try it: two commands",
        "Set it up: four steps",
        "Commands",
        "Money",
        "Questions",
    ]


def test_the_two_commands_are_the_readmes() -> None:
    """What the README says to try is what the check of a change runs."""
    commands = re.findall(r"^make (\w+)", section("Try it: two commands"), re.MULTILINE)
    assert commands == ["demo", "test"]
    assert re.search(r"^make test$", read(".ci/run"), re.MULTILINE)


def test_the_set_up_has_four_steps() -> None:
    """The steps are numbered through, each with the sentence that names it in bold."""
    steps = re.findall(r"^(\d)\. \*\*.+?\*\*", section("Set it up: four steps"), re.MULTILINE)
    assert steps == list("1234")


def test_every_setting_is_in_the_table_with_its_default() -> None:
    """The table of settings has each setting once, and the default that it has."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| .+ \|$", read("docs/settings.md"), re.MULTILINE)
    assert [name for name, _ in rows] == [name.upper() for name in Settings.model_fields]
    shown = {name.lower(): default.strip("`") for name, default in rows if default[0] == "`"}
    plain = Settings(_env_file=None, discord_token=TOKEN, modelhunter_key="k")
    assert Settings(_env_file=None, discord_token=TOKEN, modelhunter_key="k", **shown) == plain
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
    table = read("docs/permissions.md")
    named = re.findall(r"^\| ([A-Z][A-Za-z ]+) \|", table, re.MULTILINE)[1:]
    # Discord's pages speak of channels, its flag of one.
    assert {name.replace("Channels", "Channel") for name in named} == {
        access.permission_name(flag, ENGLISH) for flag in missing
    }
    link = re.search(r"^https://discord\.com/\S+&permissions=(\d+)$", table, re.MULTILINE)
    assert link is not None
    permissions = discord.Permissions(**dict.fromkeys(missing, True))
    assert int(link[1]) == permissions.value
    computed = re.search(r"discord\.Permissions\((.+?)\)", table)
    assert computed is not None
    assert set(computed[1].split(", ")) == {f"{flag}=True" for flag in missing}


def commands() -> dict[str, set[str]]:
    """Return the names of the slash commands, each with its options."""
    found = {}
    for cog in cog_classes():
        for command in cog.__cog_app_commands__:
            assert isinstance(command, app_commands.Command)
            found[command.name] = {option.name for option in command.parameters}
    return found


def test_every_command_is_in_the_table_with_its_options() -> None:
    """What can be typed is what the table says, and nothing else."""
    rows = re.findall(r"^\| `/(\w+)` \| (.+) \|$", section("Commands"), re.MULTILINE)
    assert {name for name, _ in rows} == set(commands())
    for name in ("video", "image", "speech"):
        assert set(re.findall(r"`(\w+)`", dict(rows)[name])) == commands()[name]


@pytest.mark.parametrize("state", list(JobState))
def test_every_card_state_is_explained(state: JobState) -> None:
    """Each state's sign and words are in the table of the card."""
    assert status_of(make_job(state=state), ENGLISH).title in read("docs/card.md")


def test_every_card_status_is_explained() -> None:
    """The words for each status, for late jobs and for those being cancelled are in the table too."""
    table = read("docs/card.md")
    for status in STATUSES:
        assert status_of(make_job(state=JobState.FOLLOWING, status=status), ENGLISH).title in table
    lates = (*LATE_STATUSES.values(), LATE, LATE_ACCEPTED)
    for shown in (*lates, *CANCELLING.values(), UPLOADING):
        assert shown.title.english in table


def leads_somewhere(page: str, link: str) -> bool:
    """Whether the file that a link on *page* names exists, and has the heading that it names."""
    name, _, anchor = link.partition("#")
    target = (ROOT / page).parent / name if name else ROOT / page
    if not target.exists() or not anchor:
        return target.exists()
    headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_exist(page: str) -> None:
    """Linked files and headings, and paths in code spans, exist."""
    text = read(page)
    links = re.findall(r"\[[^\]]+\]\(([^):]+)\)", text)
    paths = re.findall(r"`((?:bot|cogs|db|sandbox|tests|requirements|docs)/[\w./-]*)`", text)
    assert [name for name in paths if not (ROOT / name).exists()] == []
    assert [link for link in links if not leads_somewhere(page, link)] == []
    assert links or page in GENERATED


def names_of(requirements: list[str | dict[str, str]]) -> list[str]:
    """Return the names of the packages, without versions, extras and the groups included."""
    return [re.split(r"[\[<>=]", line)[0].strip() for line in requirements if isinstance(line, str)]


def test_every_dependency_has_its_reason() -> None:
    """CONTRIBUTING.md says of each dependency why it is there."""
    names = {
        *names_of(PYPROJECT["project"]["dependencies"]),
        *itertools.chain(*map(names_of, PYPROJECT["project"]["optional-dependencies"].values())),
        *itertools.chain(*map(names_of, PYPROJECT["dependency-groups"].values())),
    }
    table = section("Dependencies", CONTRIBUTING)
    explained = re.findall(r"^\| `([\w.-]+)` \| .+ \|$", table, re.M)
    assert sorted(explained) == sorted(names)


def test_the_upkeep_of_every_runtime_dependency_was_looked_at() -> None:
    """CONTRIBUTING.md says of each who keeps it, and what would take its place."""
    table = section("Dependencies", CONTRIBUTING)
    rows = re.findall(r"^\| ([\w., -]+) \| .*\d.* \| .+ \| .+ \|$", table, re.M)
    kept = {name for row in rows for name in row.split(", ")}
    assert kept == set(names_of(PYPROJECT["project"]["dependencies"]))


def test_the_model_in_the_example_is_one_that_the_catalogue_takes() -> None:
    """The example entry in CONTRIBUTING.md is read without an error."""
    found = re.search(r"```toml\n(.*?)```", CONTRIBUTING, re.DOTALL)
    assert found is not None
    assert list(read_catalogue(found[1]).labels()) == ["kling-v3"]


def test_every_model_with_something_undocumented_is_on_its_page() -> None:
    """docs/models.md names each model of which the operator can turn something on, and its options."""
    rows = re.findall(r"^\| (`.+`) \| (.+) \|$", read("docs/models.md"), re.MULTILINE)
    named = {
        name: set(re.findall(r"`(\w+)`", what))
        for names, what in rows
        for name in re.findall(r"`([^`]+)`", names)
    }
    plain, whole = load_catalogue(), load_catalogue(enabled=True)
    for kind in Kind:
        documented = {model.name: model for model in plain.all_models(kind)}
        for model in whole.all_models(kind):
            if model == documented.get(model.name):
                assert model.name not in named
                continue
            hidden = {
                option
                for way in model.capabilities
                if not way.undocumented
                for option, rule in way.options.items()
                if rule.undocumented
            }
            assert hidden <= named[model.name]


def test_the_make_targets_on_the_pages_exist() -> None:
    """Every make target that a page names can be made."""
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    text = "".join(map(read, PAGES))
    named = re.findall(r"(?:^|`|=\S+ )make ((?:[a-z-]+ ?)+)", text, re.MULTILINE)
    asked = {target for line in named for target in line.split()}
    assert asked >= {"demo", "check", "test", "lint"}
    assert asked - targets == set()


def test_every_folder_of_tests_is_explained() -> None:
    """CONTRIBUTING.md says of each folder of tests what it is for."""
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")}
    assert folders == set(re.findall(r"^\| `tests/(\w+)` \|", CONTRIBUTING, re.MULTILINE))


def test_every_page_under_docs_is_linked() -> None:
    """Each page under docs is linked from the README, and each picture is shown on a page."""
    pages = [path.name for path in (ROOT / "docs").glob("*.md")]
    assert [name for name in pages if f"(docs/{name})" not in README] == []
    pictures = [path.name for path in (ROOT / "docs").iterdir() if path.suffix != ".md"]
    every_page = README + "".join(read(page) for page in DOCS)
    assert [name for name in pictures if f"{name})" not in every_page] == []
    questions = re.findall(r"^\| .+\? \| .*\[(docs/.+?)\]", section("Questions"), re.MULTILINE)
    assert sorted(questions) == list(DOCS)


@pytest.mark.parametrize("page", [page for page in DOCS if page not in GENERATED])
def test_every_page_under_docs_answers_one_question(page: str) -> None:
    """A page's title is its question, and it is the one by which the README links it."""
    title = read(page).partition("\n")[0].removeprefix("# ")
    assert f"| {title} | [{page}]({page}) |" in README


def quoted_sentences() -> list[str]:
    """Return what the tables of docs/troubleshooting.md quote from the program."""
    cells = re.findall(r"^\| (.+?) \| .+ \|$", read("docs/troubleshooting.md"), re.MULTILINE)
    quotes = [re.findall(r'`([^`]+)`|"([^"]+)"', cell) for cell in cells if "portal" not in cell]
    return [code or text for code, text in itertools.chain(*quotes)]


def spoken_texts() -> str:
    """Return every string of the program, with "..." for each placeholder."""
    found = []
    for path in itertools.chain(
        *((ROOT / name).rglob("*.py") for name in ("bot", "db", "sandbox"))
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            texts = [part.value if isinstance(part, ast.Constant) else "..." for part in parts]
            found.append("".join(text for text in texts if isinstance(text, str)))
    return re.sub(r"%[sd]|\{\w+\}", "...", "\n".join(found))


def test_the_messages_that_are_explained_exist() -> None:
    """What docs/troubleshooting.md quotes is what the program says, word for word."""
    spoken = spoken_texts()
    pieces = [piece.strip() for quote in quoted_sentences() for piece in quote.split("...")]
    assert len(pieces) > 40
    assert [piece for piece in pieces if piece not in spoken] == []


def test_environments_of_the_readme_are_ignored() -> None:
    """The environments that the steps without Docker make do not show up as changes."""
    made = re.findall(
        r"^python3 -m venv ([^/\s]\S*)$", read("docs/without-docker.md"), re.MULTILINE
    )
    ignored = read(".gitignore").splitlines()
    assert made
    assert [name for name in made if f"{name}/" not in ignored] == []
