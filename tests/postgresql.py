"""PostgreSQL for tests: one server for a run, and fresh databases on it.

`TEST_POSTGRES_URL` names a server; else Debian's binaries, if they are there, start one of their own
in a temporary folder and on a port of its own, when the first test asks for it. All workers of a run
share it, and the process that began the run ends it. Its disk is not waited for. Without either, tests
that need it skip and say so.
"""

import asyncio
import contextlib
import fcntl
import functools
import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from db.engines.engine import open_database
from db.tables import metadata

MISSING = "no PostgreSQL: set TEST_POSTGRES_URL, or install Debian's postgresql"

_SERVER = "TEST_POSTGRES_URL"
_FOLDER = "TEST_POSTGRES_FOLDER"  # of this run, for all of its workers
_USER = "postgres"  # no server runs as root
_idle: list[str] = []  # databases of this worker
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "fsync": "off",
    "full_page_writes": "off",
}


def begin_run() -> None:
    """Have the workers of this run share a server, which is started when one asks for it."""
    os.environ[_FOLDER] = tempfile.mkdtemp(prefix="tests-pg-")


def end_run() -> None:
    """End the server that this run has started."""
    folder = Path(os.environ.pop(_FOLDER))
    if (folder / "data" / "postmaster.pid").exists():
        Server(folder).stop(mode="immediate")
    shutil.rmtree(folder, ignore_errors=True)


class Server:
    """PostgreSQL server of Debian's binaries in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
        self.port = _free_port()

    @property
    def address(self) -> str:
        """Address of a database that is always there."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Make the folder of a server."""
        if os.getuid() == 0:
            shutil.chown(self._folder, _USER, _USER)
        initdb = ("initdb", "--username", _USER, "--auth", "trust", "--no-sync", "--no-locale")
        self._run(*initdb, "--encoding", "UTF8", "--pgdata", str(self._data))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = " ".join(f"-c {name}={value}" for name, value in self._settings.items())
        log = str(self._folder / "log")
        self._control("start", "-l", log, "-o", f"-p {self.port} {settings}")

    def stop(self, *, mode: str = "fast") -> None:
        """Stop it; "immediate" is as if it was killed."""
        self._control("stop", "-m", mode)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "--silent", "--wait", "--pgdata", str(self._data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        binary = binaries() / program
        as_user = {"user": _USER, "group": _USER, "extra_groups": []} if os.getuid() == 0 else {}
        subprocess.run(  # type: ignore[call-overload] # noqa: S603 - Debian's own programs
            [binary, *arguments],
            cwd=self._folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            **as_user,
        )


@contextlib.contextmanager
def open_server() -> Generator[Server]:
    """Yield a server that no other test uses, which is ended with the block."""
    with tempfile.TemporaryDirectory(prefix="tests-pg-") as folder:
        server = Server(Path(folder))
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop(mode="immediate")


def binaries() -> Path:
    """Return where the newest server's programs are.

    Raises:
        pytest.skip.Exception: There are none that could be run.
    """
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=_version)
    on_path = shutil.which("initdb")
    if not found and on_path is None:
        pytest.skip(MISSING)
    if os.getuid() == 0 and not _has_user():
        pytest.skip(f"{MISSING} (there is no user {_USER})")
    return Path(found[-1] if found else str(on_path)).parent


@functools.cache
def migrated_template() -> tuple[str, str]:
    """Return the address of the run's server, and the name of a database with the bot's tables."""
    with (Path(os.environ[_FOLDER]) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = Path(os.environ[_FOLDER]) / "ready"
        if not ready.exists():
            server = os.environ.get(_SERVER) or _start()
            ready.write_text(f"{server}\n{asyncio.run(_make_template(server))}")
        server, template = ready.read_text().splitlines()
        return server, template


@contextlib.asynccontextmanager
async def fresh_database() -> AsyncGenerator[str]:
    """Yield the address of a database of its own with the bot's tables, which are empty.

    It is emptied and used again, as that takes a tenth of the time that a new one does.
    """
    server, template = await asyncio.to_thread(migrated_template)
    name = _idle.pop() if _idle else await _new_database(server, template)
    address = _with_name(server, name)
    yield address
    await _clear(address)
    _idle.append(name)


@contextlib.asynccontextmanager
async def empty_database() -> AsyncGenerator[str]:
    """Yield the address of a new database without tables."""
    server, _ = await asyncio.to_thread(migrated_template)
    name = await _new_database(server, "template0")
    yield _with_name(server, name)
    await _administer(server, f"drop database {name} with (force)")


async def _new_database(server: str, template: str) -> str:
    name = f"test_{uuid.uuid4().hex}"
    await _administer(server, f"create database {name} template {template}")
    return name


async def _clear(address: str) -> None:
    """End what is still connected, and delete all rows but that of the lock, which is always there."""
    others = (
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    deletes = [f"delete from {table}" for table in metadata.tables if table != "acceptance"]  # noqa: S608
    await _administer(address, "; ".join([others, *deletes]))


async def _administer(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _make_template(server: str) -> str:
    name = f"test_template_{uuid.uuid4().hex}"
    await _administer(server, f"create database {name} template template0 encoding 'UTF8'")
    async with open_database(_with_name(server, name)):
        pass
    return name


def _start() -> str:
    server = Server(Path(os.environ[_FOLDER]))
    server.create()
    server.start()
    return server.address


def _with_name(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _version(path: str) -> list[int]:
    return [int(part) for part in Path(path).parts[4].split(".") if part.isdigit()]


def _has_user() -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(_USER))
    return False


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
