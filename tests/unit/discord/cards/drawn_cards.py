"""Cards as they are drawn, and what can be read of them."""

from bot.discord.cards.card import Card, card
from bot.discord.cards.card_buttons import ButtonAction
from db.records import Job, JobState
from tests.unit.discord.cards.jobs import SENT_AT, make_job

LABEL = "Vidu Q3"


def draw(**changes: object) -> Card:
    """Return the card of a job with *changes*."""
    return card(make_job(**changes), LABEL)


def running(**changes: object) -> Job:
    """Return a job half done, with *changes*."""
    half = {
        "state": JobState.FOLLOWING,
        "task_id": "task_1",
        "status": "running",
        "progress": 50.0,
        "estimated_seconds": 60.0,
        "submitted_at": SENT_AT,
    }
    return make_job(**{**half, **changes})


def text_of(drawn: Card) -> str:
    """Return everything that is written in a card's embed."""
    embed = drawn.embed
    fields = [f"{field.name}: {field.value}" for field in embed.fields]
    return "\n".join([embed.title or "", embed.description or "", *fields, embed.footer.text or ""])


def actions(drawn: Card) -> list[ButtonAction]:
    """Return what a card's buttons do."""
    return [button.action for button in drawn.buttons]
