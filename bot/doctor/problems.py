"""Problems: what may be wrong with a set-up, and the one sentence that mends each. A table.

docs/doctor.md shows it, and a test compares the two. The row says in which checks it is found, and
whether it is a failure or a warning; what was seen is added when it is found.
"""

import dataclasses
import enum

from bot.doctor.findings import Finding, Verdict


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table."""

    checks: tuple[str, ...]
    verdict: Verdict
    mend: str


def _failed(checks: str, mend: str) -> Row:
    return Row(checks=tuple(checks.split(", ")), verdict=Verdict.FAILED, mend=mend)


def _warning(checks: str, mend: str) -> Row:
    return Row(checks=tuple(checks.split(", ")), verdict=Verdict.WARNING, mend=mend)


_SERVERS = "discord, modelhunter, webhooks"
_ANY_OF_DISCORD = "any check of Discord"


@enum.unique
class Problem(enum.Enum):
    """What may be wrong, by the checks that find it."""

    # The settings.
    TOKEN_SHAPE = _failed(
        "settings",
        "Copy the token of the page Bot in the Discord Developer Portal (Reset Token) into DISCORD_TOKEN.",
    )
    KEY_SHAPE = _failed(
        "settings", "Copy the whole API key of your ModelHunter account into MODELHUNTER_KEY."
    )
    SETTINGS_WRONG = _failed(
        "settings",
        "Correct what the sentence names, in the environment or in .env; docs/settings.md explains each setting.",
    )
    SETTINGS_OPEN = _warning(
        "settings", "Run `chmod 600 .env`, so that other users of the machine can't read the token."
    )
    ALLOWED_EMPTY = _warning(
        "servers", "Set ALLOWED_GUILD_IDS to the servers that may spend your money."
    )
    COMMANDS_ELSEWHERE = _failed(
        "servers", "Add the server of DISCORD_GUILD_ID to ALLOWED_GUILD_IDS, or name another one."
    )
    BUDGET_ZERO = _warning("budget", "Raise DAILY_BUDGET_USD: with 0 no request is accepted.")
    MODELS_WRONG = _failed(
        "models", "Correct the setting or the entry of models.toml that the sentence names."
    )
    CERTIFICATES_WRONG = _failed(
        "certificates",
        "Name a file or folder with your authority's certificate, or empty SSL_CERT_FILE and SSL_CERT_DIR.",
    )

    # The way to any server.
    PROXY_UNUSED = _warning(
        "proxy", "Set HTTPS_PROXY if the bot is to use that proxy: it reads no other variable."
    )
    PROXY_UNREACHABLE = _failed(
        "proxy", "Correct HTTPS_PROXY, http://host:port, or start the proxy that it names."
    )
    NAME_UNKNOWN = _failed(
        _SERVERS, "Check the name in the setting, and this machine's DNS (`getent hosts NAME`)."
    )
    NOT_CONNECTED = _failed(
        _SERVERS,
        "Check the network and the firewall: outgoing connections to that host on its port must be allowed.",
    )
    NO_ANSWER = _failed(
        _SERVERS, "Check the network and the firewall, which may drop what is sent; then try again."
    )
    CERTIFICATE_REFUSED = _failed(
        _SERVERS,
        "Set SSL_CERT_FILE to the authority of your network, and this machine's clock by NTP.",
    )
    PROXY_REFUSES = _failed(
        f"proxy, {_SERVERS}",
        "Check user and password in HTTPS_PROXY, and have the proxy allow CONNECT to that host.",
    )
    AWAY = _failed(
        "discord, any check of Discord, modelhunter, key",
        "Try again later: the server itself has an outage.",
    )
    WRONG_SERVER = _failed(
        "discord, modelhunter, key",
        "Check MODELHUNTER_URL, and what is between here and the server: a proxy or a sign-in page answers in its place.",
    )

    # Discord.
    TOKEN_REFUSED = _failed(
        "token", "Press Reset Token on the page Bot of the Developer Portal, and set DISCORD_TOKEN."
    )

    ADDRESS_BLOCKED = _failed(
        "discord, any check of Discord",
        "Wait for some minutes: too many requests from this address were refused, perhaps another program's.",
    )
    DISCORD_REFUSES = _failed(
        "any check of Discord",
        "Look the code up at https://docs.discord.com/developers/topics/opcodes-and-status-codes#json.",
    )

    ENDPOINT_SET = _failed(
        "application",
        "Empty Interactions Endpoint URL on the page General Information of the Developer Portal.",
    )
    CODE_GRANT = _failed(
        "application",
        "Switch Requires OAuth2 Code Grant off on the page Bot of the Developer Portal.",
    )
    PUBLIC_AND_OPEN = _failed(
        "application",
        "Switch Public Bot off on the page Bot of the Developer Portal, and set ALLOWED_GUILD_IDS.",
    )
    PUBLIC = _warning(
        "application",
        "Set Install Link to None on the page Installation of the Developer Portal, then switch Public Bot off on the page Bot.",
    )
    INTENTS_OFF = _failed(
        "intents", "Switch them on under Privileged Gateway Intents on the page Bot of the portal."
    )
    INTENTS_UNUSED = _warning(
        "intents", "Switch them off under Privileged Gateway Intents on the page Bot of the portal."
    )
    GUILD_INSTALL_OFF = _failed(
        "install", "Switch Guild Install on, on the page Installation of the Developer Portal."
    )
    INSTALL_LINK_SHORT = _warning(
        "install",
        "Add what is missing under Default Install Settings on the page Installation of the portal.",
    )
    IN_NO_SERVER = _failed("membership", "Open the invite link and choose your server.")
    GATEWAY_CLOSED = _failed(
        "gateway",
        "Have firewall and proxy let WebSocket connections to gateway.discord.gg and its subdomains pass.",
    )
    STARTS_SPENT = _warning(
        "gateway",
        "Find out in the log why the bot was started so often; it waits by itself until it may start again.",
    )
    COMMANDS_MISSING = _warning("commands", "Start the bot: it tells Discord its commands.")
    COMMANDS_DIFFER = _warning(
        "commands", "Restart the bot, which tells Discord the commands of its version and settings."
    )
    COMMANDS_TWICE = _warning(
        "commands",
        "Restart the bot with DISCORD_GUILD_ID empty, and then with it set: it takes the others away.",
    )
    ENTRY_POINT = _warning(
        "entry point",
        "Switch Activities off on the page Activities, Settings, of the Developer Portal.",
    )
    NOT_IN_SERVER = _failed(
        "server", "Open the invite link for that server, or correct its ID in the settings."
    )
    NO_USABLE_CHANNEL = _failed(
        "server",
        "Give the bot's role the missing permissions: Server Settings, Roles; docs/permissions.md explains each.",
    )
    SOME_CHANNELS = _warning(
        "server", "Give the bot what is missing there, or hide the channel from it."
    )
    CHANNEL_UNSEEN = _failed(
        "channel", "Correct the ID, or give the bot View Channel there: Edit Channel, Permissions."
    )
    CHANNEL_KIND = _failed("channel", "Name a text channel, a voice channel or a thread.")
    CHANNEL_NOT_ALLOWED = _failed(
        "channel", "Add that server to ALLOWED_GUILD_IDS, if members are to use the bot there."
    )
    CHANNEL_PERMISSIONS = _failed(
        "channel", "Give the bot these permissions there: Edit Channel, Permissions."
    )
    CHANNEL_REACTIONS = _warning(
        "channel", "Give the bot Add Reactions there; until then cards have a Cancel button."
    )

    # The API.
    KEY_REFUSED = _failed(
        "key", "Make a new API key in your ModelHunter account, and set MODELHUNTER_KEY."
    )
    KEY_FORBIDDEN = _failed(
        "key",
        "Look at the key in your ModelHunter account: its permissions, spending limit, addresses and expiry.",
    )
    KEY_FOR_TESTS = _warning(
        "key", "Set MODELHUNTER_KEY to a key that begins with river_live_ to get real results."
    )
    BALANCE_EMPTY = _failed("balance, key", "Top up the balance of your ModelHunter account.")
    BALANCE_LOW = _warning(
        "balance", "Top up the balance, or lower DAILY_BUDGET_USD to what it covers."
    )
    BALANCE_UNKNOWN = _warning(
        "balance", "Look at the balance in your ModelHunter account: the API does not report it."
    )

    KEY_MAY_NOT_READ = _failed(
        "key permissions",
        "Let the key read tasks, in your ModelHunter account: the bot follows its jobs by that.",
    )
    CLOCK_OFF = _warning(
        "clock", "Have the machine's clock set by NTP: `timedatectl set-ntp true`."
    )

    # The machine.
    DATABASE_ADDRESS = _failed(
        "database",
        "Correct DATABASE_URL: sqlite:/// and a path, or sqlite://// and a path from the root.",
    )
    DATABASE_IN_MEMORY = _warning(
        "database", "Set DATABASE_URL to a file: as it is, all jobs are forgotten at each stop."
    )
    DATABASE_UNWRITABLE = _failed(
        "database", "Give the bot's user the right to write to that file and folder."
    )
    NOT_A_DATABASE = _failed(
        "database", "Name another file in DATABASE_URL: this one is no database."
    )
    DATABASE_DAMAGED = _failed(
        "database", "Stop the bot and restore the database from a backup, or move it away."
    )
    DATABASE_LOCKED = _failed(
        "database", "Close the program that holds the database, often an open SQLite browser."
    )
    DATABASE_NEWER = _failed(
        "database", "Update the program, or restore a backup that was made by this version."
    )
    DATABASE_OLDER = _warning(
        "database", "Make a backup, then start the bot, which brings the tables up to date."
    )
    DATABASE_SLOW = _warning(
        "database",
        "Move the database to a faster disk that is in this machine: a burst of commands has to wait for it.",
    )
    FOLDER_UNWRITABLE = _failed(
        "disk",
        "Give the bot's user the right to write to that folder; TMPDIR names that of results.",
    )
    DISK_FULL = _failed("disk", "Make room on that disk, or name another folder.")
    DISK_LOW = _warning("disk", "Make room on that disk: results of up to 100 MiB are kept there.")
    TRANSCODER_FAILS = _failed(
        "transcoder",
        "Install the bot's packages again; large results can only be linked until then.",
    )
    ISOLATION_PARTIAL = _warning(
        "isolation",
        "Use Linux 5.13 or newer with Landlock and seccomp, and let no container profile forbid them.",
    )
    PORT_UNUSABLE = _failed(
        "web server", "Choose another HTTP_HOST and HTTP_PORT, or stop what uses that port."
    )
    NOT_READY = _warning(
        "web server", "Look the sentence up in docs/troubleshooting.md: it is of the running bot."
    )
    WEBHOOKS_LOCAL = _warning(
        "webhooks",
        "Set PUBLIC_URL to an address that ModelHunter can reach: this one leads to your own machine.",
    )
    WEBHOOKS_UNKNOWN = _failed(
        "webhooks", "Restart the bot, which was started without this PUBLIC_URL."
    )
    WEBHOOKS_ELSEWHERE = _failed(
        "webhooks",
        "Have the reverse proxy or tunnel pass /webhooks/modelhunter on to HTTP_HOST and HTTP_PORT: docs/webhooks.md shows how.",
    )

    DRY_JOB_FAILED = _failed(
        "dry job",
        'Run `python -m bot demo --once "a fox"`, which shows more, and look at what it says.',
    )

    # Any check.
    CHECK_TIMED_OUT = _failed(
        "any check",
        "Try again; if it stays, look for what is slow: the disk, the network, a proxy.",
    )
    CHECK_CRASHED = _failed(
        "any check", "Report this line: it is a fault of the doctor, and may say nothing of yours."
    )

    @property
    def code(self) -> str:
        """The name of the row, as the page and the JSON have it: "token-refused"."""
        return self.name.lower().replace("_", "-")

    def found(self, seen: str, *, mend: str | None = None) -> Finding:
        """Return the finding of this problem; *mend* adds to the sentence what only now is known."""
        sentence = self.value.mend if mend is None else f"{self.value.mend} {mend}"
        return Finding(verdict=self.value.verdict, seen=seen, mend=sentence, problem=self.code)
