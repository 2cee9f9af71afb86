"""A bot connects, registers commands, answers and edits."""

from sandbox.bot_process import BotProcess
from sandbox.discord import SandboxDiscord


async def test_a_card_goes_from_the_answer_to_its_file(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """One message is answered, edited through the token and given a file."""
    robin = discord.person("Robin")
    answer = await robin.slash(discord.channel, "video", prompt="a fox", model="veo-3")
    assert answer.kind == "message", bot.words()
    assert answer.message is not None
    card = await discord.until_message(answer.message.id, lambda m: bool(m.attachments))
    titles = [v.message["embeds"][0]["title"] for v in discord.history(card.id) if v.message]
    assert titles == ["Queued", "Running", "Done"]
    await robin.react(card, "❌")
    await discord.until_message(card.id, lambda m: "Cancelled" in m.words and "❌" in m.reactions)
    assert discord.rest.gaps == []
