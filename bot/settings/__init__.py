"""Settings: what the operator decides, read from the environment and from `.env`.

A line, a name or a value that is not understood is one sentence that names it, and the program ends
with exit code 2. It is never left out: a list of servers that is dropped because of a typing error
would open the bot, and its budget, to every server. So each part refuses what it does not know:

    `env_file`       the lines of `.env`
    `setting_names`  names that look like a setting's, in `.env` and in the environment
    `secret_files`   files that hold a secret, in place of the environment
    `value_types`    the values, each by the type of its setting
    `discord_token`  the shape of the token, before anything is sent to Discord
"""

from bot.settings.reading import (
    SettingsError,
    explain,
    read_database_url,
    read_settings,
    read_web_settings,
)
from bot.settings.settings import Settings, WebSettings

__all__ = [
    "Settings",
    "SettingsError",
    "WebSettings",
    "explain",
    "read_database_url",
    "read_settings",
    "read_web_settings",
]
