"""ARCHITECTURE.md agrees with the lifecycle of a job and with the folders."""

import re
from pathlib import Path

from bot.jobs.lifecycle import events
from db.records import JobState
from tests.draw_lifecycle import draw_diagram, draw_table, outcomes

ROOT = Path(__file__).parents[3]
# What has nothing of its own to say: the steps of the database, and the making of the sandbox's media.
LEAVES = {Path("db/migrations/versions"), Path("sandbox/modelhunter/media")}
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_the_lifecycle_drawing_is_current() -> None:
    """The drawing on the page is what `python -m tests.draw_lifecycle` prints."""
    found = re.search(
        r"<!-- drawn by tests/draw_lifecycle\.py -->\n(.*)\n<!-- end of the drawing -->",
        PAGE,
        re.DOTALL,
    )
    assert found is not None
    assert found[1] == f"{draw_table()}\n\n{draw_diagram()}"


def test_the_lifecycle_drawing_tries_deadlines_and_cancels() -> None:
    """A deadline that passes, and a cancel that meets a job that was not taken, are both drawn."""
    searched = {
        outcome.state for outcome in outcomes(JobState.SUBMITTING, events.SearchFoundNothing)
    }
    taken_back = {
        outcome.state for outcome in outcomes(JobState.SUBMITTING, events.SubmitNotProcessed)
    }
    assert searched == {JobState.SUBMITTING, JobState.UNCERTAIN}
    assert taken_back == {JobState.ACCEPTED, JobState.CANCELLED}


def test_every_folder_of_the_bot_is_described() -> None:
    """A folder or a file at the top of `bot/` that the page does not describe fails this test."""
    house = PAGE.split("```")[1]
    rooms = {
        path.name for path in (ROOT / "bot").iterdir() if not path.name.startswith("__pycache")
    }
    named = {name for name in rooms if re.search(rf"^  {re.escape(name)}/?  ", house, re.MULTILINE)}
    assert rooms - named == {"__init__.py"}


def test_every_package_of_the_house_is_named() -> None:
    """The tree names each package, indented below the one that holds it."""
    house = PAGE.split("```")[1]
    packages = {
        path.parent.relative_to(ROOT)
        for name in ("bot", "cogs", "db", "sandbox")
        for path in (ROOT / name).rglob("__init__.py")
    }
    unnamed = [
        package
        for package in packages - LEAVES
        if not re.search(rf"^{'  ' * (len(package.parts) - 1)}{package.name}/", house, re.MULTILINE)
    ]
    assert unnamed == []
