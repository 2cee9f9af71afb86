"""Connector: aiohttp's, with the bot's certificates, and through the proxy where there is one."""

import dataclasses
import socket
import ssl
from collections.abc import Callable

import aiohttp
import yarl
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import AddrInfoType
from aiohttp.tracing import Trace

from bot.outgoing.certificates import tls_context
from bot.outgoing.proxy import Proxy

SocketFactory = Callable[[AddrInfoType], socket.socket]


class ProxyRefused(aiohttp.ClientConnectionError):
    """The proxy made no tunnel, so that nothing of the request can have been sent."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What all connections have in common."""

    tls: ssl.SSLContext = dataclasses.field(default_factory=tls_context)
    proxy: Proxy | None = None

    def connector(
        self,
        *,
        limit: int = 100,
        socket_factory: SocketFactory | None = None,
    ) -> aiohttp.TCPConnector:
        """Return a new connector; *limit* is of connections, 0 for none.

        *socket_factory* makes the sockets of direct connections. Those to the proxy are the
        operator's own choice, and are not asked of it.
        """
        if self.proxy is None:
            return aiohttp.TCPConnector(
                ssl=self.tls,
                limit=limit,
                socket_factory=socket_factory,
            )
        return _ProxiedConnector(
            self.proxy,
            aiohttp.TCPConnector(ssl=self.tls, limit=limit),
            tls=self.tls,
            limit=limit,
            socket_factory=socket_factory,
        )

    def is_proxied(self, url: yarl.URL) -> bool:
        """Whether a connection to *url* goes through the proxy."""
        return self.proxy is not None and self.proxy.is_for(url)


class _ProxiedConnector(aiohttp.TCPConnector):
    """Connector that hands what goes through the proxy to one of its own."""

    def __init__(
        self,
        proxy: Proxy,
        tunnels: aiohttp.TCPConnector,
        *,
        tls: ssl.SSLContext,
        limit: int,
        socket_factory: SocketFactory | None,
    ) -> None:
        super().__init__(ssl=tls, limit=limit, socket_factory=socket_factory)
        self._proxy = proxy
        self._tunnels = tunnels

    async def _create_connection(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> ResponseHandler:
        """Open a connection for the request; raises ProxyRefused."""
        if not self._proxy.is_for(req.url):
            return await super()._create_connection(req, traces, timeout)
        req.update_proxy(self._proxy.url, None, self._proxy.headers)
        try:
            return await self._tunnels._create_connection(req, traces, timeout)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise
        except (aiohttp.ClientError, OSError) as error:
            # Not "from error": some of aiohttp's messages hold the proxy's answer.
            raise ProxyRefused(type(error).__name__) from None

    async def close(self, *, abort_ssl: bool = False) -> None:
        """Close the connections of both kinds."""
        await self._tunnels.close(abort_ssl=abort_ssl)
        await super().close(abort_ssl=abort_ssl)
