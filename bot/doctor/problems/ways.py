"""Problems of the way to a server, which is the same for all of them."""

import enum

from bot.doctor.problems.row import Problem, failed, warning

_SERVERS = "discord, cdn, modelhunter, webhooks"


@enum.unique
class WayProblem(Problem):
    """What may be wrong with the way to a server, which is the same for all of them."""

    PROXY_UNUSED = warning(
        "proxy", "Set HTTPS_PROXY if the bot is to use that proxy: it reads no other variable."
    )
    PROXY_UNREACHABLE = failed(
        "proxy", "Correct HTTPS_PROXY, http://host:port, or start the proxy that it names."
    )
    NAME_UNKNOWN = failed(
        _SERVERS, "Check the name in the setting, and this machine's DNS (`getent hosts NAME`)."
    )
    NOT_CONNECTED = failed(
        _SERVERS,
        "Check the network and the firewall: outgoing connections to that host on its port must be allowed.",
    )
    NO_ANSWER = failed(
        _SERVERS, "Check the network and the firewall, which may drop what is sent; then try again."
    )
    CERTIFICATE_REFUSED = failed(
        _SERVERS,
        "Set SSL_CERT_FILE to the authority of your network, and this machine's clock by NTP.",
    )
    PROXY_REFUSES = failed(
        f"proxy, {_SERVERS}",
        "Check user and password in HTTPS_PROXY, and have the proxy allow CONNECT to that host.",
    )
    AWAY = failed(
        "discord, cdn, any check of Discord, modelhunter, key",
        "Try again later: the server itself has an outage.",
    )
    WRONG_SERVER = failed(
        "discord, any check of Discord, modelhunter, key",
        "Check MODELHUNTER_URL and DISCORD_API_URL, and what is between this machine and the server: a proxy or a sign-in page answers in its place.",
    )
