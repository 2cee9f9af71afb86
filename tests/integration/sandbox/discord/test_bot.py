"""The real discord.py against the simulated Discord, in a process of its own."""

import pytest
from simcord.backend.errors import SetupError

from sandbox.bot_process import BotEndedError, BotProcess
from sandbox.discord import Person, SandboxDiscord, SeenMessage
from tests.integration.sandbox.discord.conftest import small_bot


async def finished_card(discord: SandboxDiscord, person: Person, prompt: str) -> SeenMessage:
    """Ask for a video and return the card once the bot is done with it."""
    answer = await person.slash(discord.channel, "video", prompt=prompt, model="veo-3")
    assert answer.message is not None
    card_id = answer.message.id
    await discord.changes.until(
        lambda: len([m for m in discord.messages() if m.replied_to == card_id]), 15, "the replies"
    )
    return discord.message(card_id)


async def test_a_card_goes_from_the_answer_to_its_file_and_is_cancelled_by_a_reaction(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """One message is answered, edited through the token, given a file, and edited by its id."""
    robin = Person.join(discord, "Robin")
    card = await finished_card(discord, robin, "a fox")
    titles = [v.message["embeds"][0]["title"] for v in discord.history(card.id) if v.message]
    assert titles == ["Queued", "Running", "Done"], bot.output()
    assert card.attachments[0]["filename"] == "veo-3.mp4"
    assert card.reactions == {"❌": 1}
    await robin.react(card, "❌")
    await discord.until_message(card.id, lambda m: "Cancelled" in m.words and not m.attachments)
    await discord.until_message(card.id, lambda m: m.reactions == {"❌": 1})  # only Robin's is left
    assert discord.rest.gaps == []


async def test_an_answer_says_which_interaction_it_answers_and_what_fits(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """The message carries its interaction, and the interaction the upload limit."""
    discord.limits.upload = 123_456
    robin = Person.join(discord, "Robin")
    image = ("cat.png", b"image")
    answer = await robin.slash(
        discord.channel, "video", prompt="a fox", model="veo-3", seconds=7, image=image
    )
    assert answer.message is not None, bot.output()
    assert answer.message.interaction_id == answer.interaction_id
    assert answer.message.payload["interaction_metadata"]["user"]["id"] == str(robin.id)
    first = discord.history(answer.message.id)[0].message
    assert first is not None
    assert first["embeds"][0]["fields"][0]["value"] == "123456"
    assert first["embeds"][0]["footer"]["text"] == "7 s, cat.png"


async def test_an_option_is_completed_by_the_bot(discord: SandboxDiscord, bot: BotProcess) -> None:
    """The bot sends the choices for what was typed."""
    robin = Person.join(discord, "Robin")
    choices = await robin.autocomplete(discord.channel, "video", "model", "k", prompt="a fox")
    assert [choice["value"] for choice in choices] == ["kling-2"], bot.output()


async def test_a_command_is_checked_as_discords_client_checks_it(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """A missing or impossible option never reaches the bot."""
    robin = Person.join(discord, "Robin")
    with pytest.raises(SetupError, match="requires option"):
        await robin.slash(discord.channel, "video", prompt="a fox")
    with pytest.raises(SetupError, match="must be ≤ 10"):
        await robin.slash(discord.channel, "video", prompt="a fox", model="veo-3", seconds=11)
    assert discord.calls_to("POST", "/interactions/*") == [], bot.output()


async def test_a_file_over_the_limit_is_refused_as_discord_refuses_it(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """The answer is 413 with code 40005, and the card can still be edited."""
    discord.limits.upload = 5000
    card = await finished_card(discord, Person.join(discord, "Robin"), "bytes 5001")
    assert "Refused 413 40005" in card.words, bot.output()
    fits = await finished_card(discord, Person.join(discord, "Kim"), "bytes 5000")
    assert fits.attachments[0]["size"] == 5000


async def test_a_repeated_nonce_makes_one_message(discord: SandboxDiscord, bot: BotProcess) -> None:
    """The second send with the same nonce answers the first message."""
    card = await finished_card(discord, Person.join(discord, "Robin"), "a fox")
    await discord.changes.until(
        lambda: (
            len([c for c in discord.calls_to("POST", "/channels/*/messages") if c.answered]) == 2
        ),
        15,
        "both sends",
    )
    replies = [m for m in discord.messages() if m.replied_to == card.id]
    assert [reply.content for reply in replies] == ["Ready"], bot.output()


async def test_a_private_answer_is_seen_by_one_person_and_a_direct_message_arrives(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """A deferred ephemeral answer loads, then shows, for its user alone."""
    robin, kim = Person.join(discord, "Robin"), Person.join(discord, "Kim")
    answer = await robin.slash(discord.channel, "secret")
    assert answer.kind in ("deferred", "message")
    assert answer.message is not None
    await discord.until_message(answer.message.id, lambda m: m.content == "only you")
    first = discord.history(answer.message.id)[0].message
    assert first is not None
    assert first["flags"] & 128, bot.output()
    assert [m.id for m in robin.sees()] == [answer.message.id]
    assert kim.sees() == []
    await discord.changes.until(lambda: robin.sees(robin.dm_channel), 15, "the direct message")
    assert robin.sees(robin.dm_channel)[0].content == "a direct message"


async def test_an_interaction_answered_too_late_is_unknown(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """After the time that Discord allows, the answer gets 10062."""
    discord.limits.answer_within = 0.3
    robin = Person.join(discord, "Robin")
    await robin.begin(discord.channel, "silent")
    await discord.changes.until(discord.messages, 15, "the bot's message")
    assert discord.messages()[0].content == "late: 10062", bot.output()


async def test_a_token_ends_and_the_message_is_found_in_the_channel(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """An expired token gets 401 and 50027; history has the interaction's id; the bot token edits."""
    discord.limits.token_lifetime = 0.5
    robin = Person.join(discord, "Robin")
    answer = await robin.slash(discord.channel, "refresh")
    assert answer.message is not None
    card = await discord.until_message(answer.message.id, lambda m: m.content != "fresh")
    assert card.content == "by the channel: 401 50027", bot.output()


async def test_events_missed_while_disconnected_are_replayed(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """A resumed session brings the reaction that was added in the meantime."""
    robin = Person.join(discord, "Robin")
    card = await finished_card(discord, robin, "a fox")
    async with discord.gateway.down():
        await robin.react(card, "❌")
    await discord.until_message(card.id, lambda m: "Cancelled" in m.words)
    assert (discord.gateway.identifies, discord.gateway.resumes) == (1, 1), bot.output()


async def test_a_session_that_can_not_be_resumed_starts_anew(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """The client identifies again, and events from the meantime are lost to it."""
    robin = Person.join(discord, "Robin")
    card = await finished_card(discord, robin, "a fox")
    async with discord.gateway.down(resumable=False):
        await robin.react(card, "❌")
    await discord.gateway.until_ready(identifies=1)
    assert discord.gateway.resumes == 0, bot.output()
    await robin.unreact(card, "❌")
    await robin.react(card, "❌")
    await discord.until_message(card.id, lambda m: "Cancelled" in m.words)


async def test_buttons_work_after_the_bot_was_killed(discord: SandboxDiscord) -> None:
    """A button press reaches the next process, which answers with a private menu."""
    robin = Person.join(discord, "Robin")
    async with small_bot(discord) as first:
        card = await finished_card(discord, robin, "a fox")
        assert await first.kill() == -9
    async with small_bot(discord) as second:
        menu = await robin.click(card, "Again")
        assert menu.message is not None, second.output()
        assert menu.message.is_ephemeral
        chosen = await robin.select(menu.message, "kling-2")
        assert chosen.kind == "update"
        await discord.until_message(menu.message.id, lambda m: m.content == "chose kling-2")


async def test_a_rate_limit_is_waited_out(discord: SandboxDiscord, bot: BotProcess) -> None:
    """discord.py retries after a 429 in Discord's own shape, so that the reaction is added."""
    fault = discord.faults.limit("PUT", "/channels/*/reactions/*", retry_after=0.05, times=2)
    card = await finished_card(discord, Person.join(discord, "Robin"), "a fox")
    assert card.reactions == {"❌": 1}, bot.output()
    statuses = [call.status for call in discord.calls_to("PUT", "/channels/*/reactions/*")]
    assert statuses == [429, 429, 204]
    assert fault.injected == 2


async def test_a_call_cut_after_its_effect_has_happened(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """The message exists although its sender got no answer."""
    discord.faults.add("POST", "/interactions/*/callback", cut="after")
    robin = Person.join(discord, "Robin")
    answer = await robin.slash(discord.channel, "refresh")
    assert answer.message is not None
    assert answer.message.content == "fresh"
    await bot.until_output("ServerDisconnected")
    assert discord.history(answer.message.id)[-1].message == answer.message.payload


async def test_a_held_call_waits_until_it_is_released(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """A test can stop the bot in the middle of a call, and let it continue."""
    hold = discord.faults.hold("PATCH", "/webhooks/*/messages/@original")
    robin = Person.join(discord, "Robin")
    answer = await robin.slash(discord.channel, "video", prompt="a fox", model="veo-3")
    assert answer.message is not None
    await hold.reached.wait()
    assert len(discord.history(answer.message.id)) == 1
    hold.release()
    await discord.until_message(answer.message.id, lambda m: bool(m.attachments))
    assert bot.exit_code is None


async def test_a_wrong_token_ends_the_bot_at_once(discord: SandboxDiscord) -> None:
    """The REST interface answers 401, and the error has the bot's last output."""
    discord.token = "another-token"
    with pytest.raises(BotEndedError, match="LoginFailure"):
        async with small_bot(discord):
            pass


async def test_sigterm_ends_the_bot(discord: SandboxDiscord) -> None:
    """The process handle sends the signal and returns the exit code."""
    async with small_bot(discord) as bot:
        assert await bot.terminate() in (0, -15)
        gateway = discord.gateway
        await discord.changes.until(lambda: not gateway.is_connected, 30.0, "the session to end")
