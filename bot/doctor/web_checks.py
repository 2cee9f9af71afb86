"""Checks of the bot's own web address: its port on this machine, and the way there from outside."""

import asyncio
import errno
import ipaddress
import json
import os
import socket

import yarl

from bot.doctor.bench import Bench
from bot.doctor.findings import Finding, not_checked, ok
from bot.doctor.problems import MachineProblem
from bot.doctor.reach import Reply, Unreachable, ask
from bot.jobs.webhook_addresses import WEBHOOK_PATH
from bot.outgoing import Outgoing
from bot.web.own_address import own_address

# No job has this address: it is no signature.
_NO_JOB = "doctor"
_ALIVE = b"ok"
_NO_SUCH_ROUTE = b"404: Not Found"
_THIS_MACHINE = "localhost"


async def check_web_server(bench: Bench) -> Finding:
    """Ask the bot that may run here how it is, or find out whether its port is free."""
    host, port = bench.settings.http_host, bench.settings.http_port
    if port is None:
        return ok("HTTP_PORT is empty, so there is none")
    try:
        reply = await bench.own_health()
    except Unreachable:
        return await _is_free(host, port)
    if reply.status != 200 or reply.body != _ALIVE:
        return MachineProblem.PORT_UNUSABLE.found(f"another program answers at {host}, port {port}")
    return ready_finding(
        await ask(Outgoing(), f"{own_address(host, port)}/readyz", timeout=bench.answer_timeout)
    )


def ready_finding(reply: Reply) -> Finding:
    """Return what a running bot says at /readyz. Pure."""
    if reply.status == 200:
        return ok("a bot runs here, and is ready")
    try:
        reasons = "; ".join(map(str, json.loads(reply.body)["reasons"]))
    except (ValueError, KeyError, TypeError):
        reasons = f"HTTP {reply.status}"
    return MachineProblem.NOT_READY.found(f"a bot runs here, and is not ready: {reasons}")


async def _is_free(host: str, port: int) -> Finding:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        known = error.errno if isinstance(error.errno, int) and error.errno > 0 else errno.EINVAL
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(known)
        return MachineProblem.PORT_UNUSABLE.found(f"{host}, port {port}: {reason}")
    return ok(f"{host}, port {port} is free; no bot runs here")


async def check_webhooks(bench: Bench) -> Finding:
    """Send what no job is meant by to the public address; only the running bot answers it so."""
    public_url = bench.settings.public_url
    if public_url is None:
        return ok("PUBLIC_URL is empty: ends of jobs are found by polling")
    if bench.own_health.known is None:
        return not_checked("no bot runs here that could answer")
    try:
        reply = await ask(
            bench.outgoing,
            f"{public_url}{WEBHOOK_PATH}/{_NO_JOB}",
            method="POST",
            timeout=bench.answer_timeout,
        )
    except Unreachable as error:
        return error.finding
    return webhooks_finding(public_url, reply)


def webhooks_finding(public_url: str, reply: Reply) -> Finding:
    """Return what this answer at the public address means. Pure."""
    if reply.status == 404 and reply.body == _NO_SUCH_ROUTE:
        return MachineProblem.WEBHOOKS_UNKNOWN.found(
            "the bot is reached, and takes no webhooks of jobs"
        )
    if reply.status != 404 or reply.body:
        return MachineProblem.WEBHOOKS_ELSEWHERE.found(
            f"what answers at PUBLIC_URL is not the bot (HTTP {reply.status})"
        )
    if is_of_this_machine(public_url):
        return MachineProblem.WEBHOOKS_LOCAL.found(
            "the bot answers, at an address of this machine alone"
        )
    return ok("the bot is reached by its public address")


def is_of_this_machine(public_url: str) -> bool:
    """Whether an address leads to this machine or its own network, by its form. Pure."""
    host = yarl.URL(public_url).host or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == _THIS_MACHINE or "." not in host
