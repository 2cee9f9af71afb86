"""How the program connects to the internet, by its settings."""

from discord.http import Route

from bot.outgoing import Outgoing, read_proxy, tls_context
from bot.settings import Settings


def build_outgoing(settings: Settings) -> Outgoing:
    """Return the one way to the internet; raises CertificatesUnusable."""
    proxy = settings.https_proxy
    return Outgoing(
        tls=tls_context(settings.ssl_cert_file, settings.ssl_cert_dir),
        proxy=read_proxy(proxy.get_secret_value(), settings.no_proxy) if proxy else None,
    )


def use_rest_proxy(settings: Settings) -> bool:
    """Have the calls to Discord go to the REST proxy of the settings; return whether there is one.

    discord.py has one address for all clients of a process.
    """
    if settings.discord_api_url is None:
        return False
    Route.BASE = settings.discord_api_url
    return True
