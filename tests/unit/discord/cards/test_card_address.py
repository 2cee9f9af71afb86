"""The link to a card leads to its message."""

from bot.discord.cards.card_address import card_address
from db.records import CardKind
from tests.unit.discord.cards.jobs import make_job


def test_card_addresses_lead_to_the_card() -> None:
    """A card in a server or direct message has an address; a token-only or lost one has none."""
    assert card_address(make_job()) == "https://discord.com/channels/22/33/44"
    assert card_address(make_job(guild_id=None)) == "https://discord.com/channels/@me/33/44"
    assert card_address(make_job(message_id=None)) is None
    assert card_address(make_job(card_kind=CardKind.TOKEN_ONLY)) is None
