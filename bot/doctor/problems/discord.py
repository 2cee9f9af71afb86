"""Problems of Discord: token, gateway, application, commands, permissions."""

import enum

from bot.doctor.problems.row import Problem, failed, warning


@enum.unique
class DiscordProblem(Problem):
    """What may be wrong with Discord."""

    TOKEN_REFUSED = failed(
        "token", "Press Reset Token on the page Bot of the Developer Portal, and set DISCORD_TOKEN."
    )

    ADDRESS_BLOCKED = failed(
        "discord, any check of Discord",
        "Wait for some minutes: too many requests from this address were refused, perhaps another program's.",
    )
    DISCORD_REFUSES = failed(
        "any check of Discord",
        "Look the code up at https://docs.discord.com/developers/topics/opcodes-and-status-codes#json.",
    )

    ENDPOINT_SET = failed(
        "application",
        "Empty Interactions Endpoint URL on the page General Information of the Developer Portal.",
    )
    CODE_GRANT = failed(
        "application",
        "Switch Requires OAuth2 Code Grant off on the page Bot of the Developer Portal.",
    )
    PUBLIC_AND_OPEN = failed(
        "application",
        "Switch Public Bot off on the page Bot of the Developer Portal, and set ALLOWED_GUILD_IDS.",
    )
    PUBLIC = warning(
        "application",
        "Set Install Link to None on the page Installation of the Developer Portal, then switch Public Bot off on the page Bot.",
    )
    INTENTS_OFF = failed(
        "intents", "Switch them on under Privileged Gateway Intents on the page Bot of the portal."
    )
    INTENTS_UNUSED = warning(
        "intents", "Switch them off under Privileged Gateway Intents on the page Bot of the portal."
    )
    GUILD_INSTALL_OFF = failed(
        "install", "Switch Guild Install on, on the page Installation of the Developer Portal."
    )
    INSTALL_LINK_SHORT = warning(
        "install",
        "Add what is missing under Default Install Settings on the page Installation of the portal.",
    )
    IN_NO_SERVER = failed("membership", "Open the invite link and choose your server.")
    GATEWAY_CLOSED = failed(
        "gateway",
        "Have firewall and proxy let WebSocket connections to gateway.discord.gg and its subdomains pass.",
    )
    STARTS_SPENT = warning(
        "gateway",
        "Find out in the log why the bot was started so often; it waits by itself until it may start again.",
    )
    COMMANDS_MISSING = warning("commands", "Start the bot: it tells Discord its commands.")
    COMMANDS_DIFFER = warning(
        "commands", "Restart the bot, which tells Discord the commands of its version and settings."
    )
    COMMANDS_TWICE = warning(
        "commands",
        "Restart the bot with DISCORD_GUILD_ID empty, and then with it set: it takes the others away.",
    )
    ENTRY_POINT = warning(
        "entry point",
        "Switch Activities off on the page Activities, Settings, of the Developer Portal.",
    )
    NOT_IN_SERVER = failed(
        "server", "Open the invite link for that server, or correct its ID in the settings."
    )
    NO_USABLE_CHANNEL = failed(
        "server",
        "Give the bot's role the missing permissions: Server Settings, Roles; docs/permissions.md explains each.",
    )
    SOME_CHANNELS = warning(
        "server", "Give the bot what is missing there, or hide the channel from it."
    )
    CHANNEL_UNSEEN = failed(
        "channel", "Correct the ID, or give the bot View Channel there: Edit Channel, Permissions."
    )
    CHANNEL_KIND = failed("channel", "Name a text channel, a voice channel or a thread.")
    CHANNEL_NOT_ALLOWED = failed(
        "channel", "Add that server to ALLOWED_GUILD_IDS, if members are to use the bot there."
    )
    CHANNEL_PERMISSIONS = failed(
        "channel", "Give the bot these permissions there: Edit Channel, Permissions."
    )
    CHANNEL_REACTIONS = warning(
        "channel", "Give the bot Add Reactions there; until then cards have a Cancel button."
    )
