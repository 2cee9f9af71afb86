"""Outgoing connections: certificates and proxy, decided once for all that the bot connects to.

Three parts connect to the internet: the API client, discord.py and the downloads. Each gets its
connector from one `Outgoing`, so that SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY and NO_PROXY hold for
all of them or for none. A proxy gets a CONNECT with the name of the host, and what follows is
encrypted from end to end: it sees neither key nor token.
"""

from bot.outgoing.certificates import CertificatesUnusable, tls_context
from bot.outgoing.connector import Outgoing, ProxyRefused
from bot.outgoing.proxy import Proxy, read_proxy
from bot.outgoing.spare_connections import SpareConnector

__all__ = [
    "CertificatesUnusable",
    "Outgoing",
    "Proxy",
    "ProxyRefused",
    "SpareConnector",
    "read_proxy",
    "tls_context",
]
