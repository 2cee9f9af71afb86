"""How large an uploaded file may be."""

from types import SimpleNamespace
from typing import cast

import discord

from bot.discord.messages.upload_limit import upload_limit
from db.records import CardKind, Job
from tests.unit.jobs.builders import NOW, a_job

MIB = 1024 * 1024
BOOSTED = cast("discord.Guild", SimpleNamespace(filesize_limit=100 * MIB))
MINUTE = 60.0


def asked_with_token(card_kind: CardKind = CardKind.CHANNEL) -> Job:
    """Return a job whose interaction allowed 50 MiB."""
    return a_job(
        created_at=NOW,
        interaction_token="token",
        upload_limit=50 * MIB,
        card_kind=card_kind,
    )


def test_the_limit_of_the_interaction() -> None:
    """While the token is valid, the limit of the interaction applies, not the one of the server."""
    assert upload_limit(asked_with_token(), BOOSTED, now=NOW + MINUTE) == 50 * MIB
    assert upload_limit(asked_with_token(), None, now=NOW + MINUTE) == 50 * MIB


def test_the_limit_of_the_server() -> None:
    """From minute 14 the server's limit counts, and 10 MiB where the bot is in none."""
    assert upload_limit(asked_with_token(), BOOSTED, now=NOW + 14 * MINUTE) == 100 * MIB
    assert upload_limit(asked_with_token(), None, now=NOW + 14 * MINUTE) == 10 * MIB


def test_the_limit_of_a_direct_message() -> None:
    """What only the token could edit is sent elsewhere, where no server raises the limit."""
    job = asked_with_token(CardKind.TOKEN_ONLY)
    assert upload_limit(job, BOOSTED, now=NOW + 14 * MINUTE) == 10 * MIB
