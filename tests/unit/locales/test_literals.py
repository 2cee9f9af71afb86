"""No sentence for users is written outside `bot.locales`, where no translator would find it."""

import ast
from pathlib import Path

import pytest

from tests.unit.locales.shown_literals import shown_literals

ROOT = Path(__file__).parents[3]
ROOMS = ("bot/discord/cards", "bot/discord/interactions", "bot/discord/messages", "cogs")
# Names of Unicode, HTTP and background work, and what the log says of an error from Discord.
ALLOWED = {
    "bot/discord/cards/markdown.py": {"Cc", "Cf", "Cs"},
    "bot/discord/messages/discord_errors.py": {
        "rate limited",
        "Via",
        "Retry-After",
        "HTTP ",
        ", code ",
    },
    "bot/discord/interactions/missed_reactions.py": {"missed reactions", "reactions of job "},
    "bot/discord/messages/progress_edits.py": {"progress edits", "exempt edits", "card of job "},
}
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def literals(source: str) -> set[str]:
    """Return the literals of *source* that users would read."""
    return {literal for _, literal in shown_literals(ast.parse(source))}


def test_no_literal_is_shown_to_users() -> None:
    """Each text on cards, in answers and in commands comes from `bot.locales`."""
    offenders = {
        f"{name}:{line}": literal
        for path in FILES
        for name in [path.relative_to(ROOT).as_posix()]
        for line, literal in shown_literals(ast.parse(path.read_text(encoding="utf-8")))
        if literal not in ALLOWED.get(name, set())
    }
    assert offenders == {}


def test_every_allowed_literal_exists() -> None:
    """No exception outlives the literal that it was made for."""
    for name, allowed in ALLOWED.items():
        assert allowed <= literals((ROOT / name).read_text(encoding="utf-8"))


def test_every_room_with_texts_is_walked() -> None:
    """The walk reaches the files that draw and answer."""
    assert {"card.py", "job_list.py", "error_texts.py", "card_messages.py", "forget.py"} <= {
        path.name for path in FILES
    }


@pytest.mark.parametrize(
    "source",
    [
        'embed.title = "Your jobs"',
        'Embed(title="jobs")',
        'Button(label="cancel" if one else f"{count} more")',
        'async def answer(it): await it.response.send_message("Nothing runs.")',
        'def text(error): return "it failed because " + str(error)',
        'footer = f"{count} are left out"',
        'NAMES = {"video": "Video"}',
        '@command(description="stop")\ndef stop(): """Stop."""',
        'def show(text: str = "no text yet"): ...',
        'choices = ["Yes", "No"]',
    ],
)
def test_a_literal_for_users_is_found(source: str) -> None:
    """A sentence, a label or a lower-case word is found where it would be shown."""
    assert literals(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Draw the card of a job."""',
        'def draw(job: "Job of a user") -> "A card": """Draw it."""',
        'log.warning("job %d: it could not be shown: %s", 1, error)',
        'raise TypeError("only buttons carry these custom_ids")',
        'PATTERN = re.compile(r"Any of these")',
        'custom_id = f"{action}:{job_id}"',
        'address = f"https://discord.com/channels/{guild}/{channel}"',
        'description = translate(COMMANDS["cancel"], locale)',
        'Embed(title=translate(NAMES["cancel"], locale), description=" · ".join(parts))',
        'line = f"**{number}** {title}\\n> {reason}"',
        'class Action(StrEnum):\n    CANCEL = "cancel"',
        'def __repr__(self): return f"<Cards of {self.name}>"',
    ],
)
def test_a_literal_for_the_program_is_no_text(source: str) -> None:
    """Docstrings, logs, errors, custom ids, keys and punctuation are not for users."""
    assert literals(source) == set()
