"""Problems of the settings: what is missing or wrong in them, or does not agree."""

import enum

from bot.doctor.problems.row import Problem, failed, warning


@enum.unique
class SettingsProblem(Problem):
    """What may be wrong with the settings."""

    TOKEN_SHAPE = failed(
        "settings",
        "Copy the token of the page Bot in the Discord Developer Portal (Reset Token) into DISCORD_TOKEN.",
    )
    KEY_SHAPE = failed(
        "settings", "Copy the whole API key of your ModelHunter account into MODELHUNTER_KEY."
    )
    SETTINGS_WRONG = failed(
        "settings",
        "Correct what the sentence names, in the environment or in .env; docs/settings.md explains each setting.",
    )
    SETTINGS_OPEN = warning(
        "settings", "Run `chmod 600 .env`, so that other users of the machine can't read the token."
    )
    ALLOWED_EMPTY = warning(
        "servers", "Set ALLOWED_GUILD_IDS to the servers that may spend your money."
    )
    COMMANDS_ELSEWHERE = failed(
        "servers", "Add the server of DISCORD_GUILD_ID to ALLOWED_GUILD_IDS, or name another one."
    )
    BUDGET_ZERO = warning("budget", "Raise DAILY_BUDGET_USD: with 0 no request is accepted.")
    MODELS_WRONG = failed(
        "models", "Correct the setting or the entry of models.toml that the sentence names."
    )
    CERTIFICATES_WRONG = failed(
        "certificates",
        "Name a file or folder with your authority's certificate, or empty SSL_CERT_FILE and SSL_CERT_DIR.",
    )
