"""PostgreSQL keeps what the store promises, while its server stops, restarts, refuses and deadlocks."""

import asyncio
from collections.abc import AsyncGenerator

import asyncpg
import pytest
from sqlalchemy import make_url

from db.engines.engine import open_database
from db.engines.migrate import migrate
from db.engines.postgresql_connections import connect
from db.engines.postgresql_start import make_ready
from db.errors import DatabaseUnusable, NotBegun, RowExists, StoreFailed
from db.repositories.claims import Claims
from db.repositories.jobs import JobRepository
from db.repositories.key_values import KeyValues
from db.statements import Steps
from db.store import Store
from tests.databases import execute, sql
from tests.integration.db.repositories.builders import PLENTY, a_job, accepted
from tests.postgresql import empty_database, fresh_database, open_server

PUT = "insert into facts values ('{}', 'value')"


@pytest.fixture
async def url() -> AsyncGenerator[str]:
    """Give the address of a database of the test's own."""
    async with fresh_database() as address:
        yield address


@pytest.fixture
async def store(url: str) -> AsyncGenerator[Store]:
    """Give that database, open."""
    async with open_database(url) as opened:
        yield opened


async def _keys(store: Store) -> list[str]:
    return [row[0] for row in await store.read(sql("select key from facts order by key"))]


async def _end_connections(url: str) -> None:
    """End all of the store's connections to a database, as a server that is stopped does."""
    other = await asyncpg.connect(url)
    await other.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and application_name = 'modelhunter-bot'"
    )
    await other.close()


def _putting(*keys: str) -> Steps[None]:
    for key in keys:
        yield from sql(PUT.format(key))


async def test_a_transaction_is_whole_or_not_at_all(store: Store) -> None:
    """What was written before an error is undone, and the connection goes on."""
    for _ in range(20):
        with pytest.raises(RowExists):
            await store.transact(_putting("a", "a"))
        assert await _keys(store) == []
    await store.transact(_putting("a", "b"))
    assert await _keys(store) == ["a", "b"]


async def test_what_comes_too_late_is_not_begun(store: Store) -> None:
    """Work whose time has passed when its turn comes writes nothing."""
    with pytest.raises(NotBegun):
        await store.transact(_putting("late"), is_late=lambda: True)
    await store.transact(_putting("in time"), is_late=lambda: False)
    assert await _keys(store) == ["in time"]


async def test_a_cancelled_caller_leaves_all_or_nothing(store: Store) -> None:
    """However far it was when its caller was cancelled, it is whole or undone, and others go on."""
    for turns in range(30):
        writing = asyncio.create_task(
            store.transact(_putting(f"{turns}-1", f"{turns}-2")), name=f"write {turns}"
        )
        for _ in range(turns):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    async with asyncio.timeout(10):
        written = await _keys(store)
    assert all(f"{key.split('-')[0]}-{other}" in written for key in written for other in (1, 2))


async def test_a_reader_only_reads(store: Store) -> None:
    """A statement that was taken for one that reads can't write."""
    with pytest.raises(StoreFailed, match="read-only"):
        await store.read(sql(PUT.format("a")))
    assert await _keys(store) == []


async def test_what_was_committed_is_read(store: Store) -> None:
    """A reader sees each write whose caller has its answer."""
    for number in range(50):
        await execute(store, PUT.format(f"{number:02}"))
        assert f"{number:02}" in await _keys(store)


async def test_connections_that_were_ended_are_opened_anew(url: str, store: Store) -> None:
    """After a restart of the server the next statements of every kind find it, and none fails."""
    for number in range(5):
        await asyncio.gather(*(_keys(store) for _ in range(6)))
        await _end_connections(url)
        assert len(await _keys(store)) == 2 * number
        await _end_connections(url)
        await store.write(_putting(f"write {number}"))
        await _end_connections(url)
        await store.transact(_putting(f"transaction {number}"))


async def test_a_transaction_that_is_cut_off_is_undone(url: str, store: Store) -> None:
    """A connection that ends between two statements leaves nothing, and the caller learns it."""
    other = await asyncpg.connect(url)
    async with other.transaction():
        await other.execute(PUT.format("held"))
        writing = asyncio.create_task(store.transact(_putting("first", "held")), name="write")
        await _until_waiting(other)
        await _end_connections(url)
        with pytest.raises(StoreFailed):
            await writing
    assert await _keys(store) == ["held"]
    await other.close()


async def test_a_write_that_lost_a_deadlock_is_made_again(url: str, store: Store) -> None:
    """Where the server has undone a single statement by itself, its caller learns nothing of it."""
    await execute(store, PUT.format("a"), PUT.format("b"))
    other = await asyncpg.connect(url)
    await other.execute("set deadlock_timeout = '10s'")  # so that the store's is the one that loses
    async with other.transaction():
        await other.execute("update facts set value = 'other' where key = 'b'")
        both = (
            "with a as (update facts set value = value || '1' where key = 'a' returning key),"
            " c as (update facts set value = value || '1' where key = 'b' returning key)"
            " select (select key from a), (select key from c)"
        )
        writing = asyncio.create_task(store.write(sql(both)), name="write of both")
        await _until_waiting(other)
        await other.execute("update facts set value = 'other' where key = 'a'")
    await writing
    rows = await store.read(sql("select value from facts order by key"))
    assert rows == [("other1",), ("other1",)]
    await other.close()


async def _until_waiting(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Wait until another one waits for a lock."""
    async with asyncio.timeout(10):
        while not await connection.fetchval("select count(*) from pg_locks where not granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_signs_that_postgresql_does_not_take_do_no_harm(store: Store) -> None:
    """A NUL is left out and a lone surrogate replaced, in texts and in JSON; no row is refused."""
    odd = "a\x00b\ud83dc \U0001f98a"
    job = a_job(1, prompt=odd, options={"text": odd}, body={odd: odd})
    await JobRepository(store).accept(job, PLENTY, owner="one")
    found = await JobRepository(store).get(1)
    assert found is not None
    assert found.prompt == "ab\ufffdc \U0001f98a"
    assert found.options == {"text": odd}  # JSON writes both as escapes
    await KeyValues(store).put_value("key", odd)
    assert await KeyValues(store).get_value("key") == "ab\ufffdc \U0001f98a"


async def test_an_error_repeats_no_value(store: Store) -> None:
    """What was to be written is in no error, as errors are logged."""
    with pytest.raises(RowExists) as known:
        await store.transact(_putting("secret", "secret"))
    with pytest.raises(StoreFailed) as odd:
        await JobRepository(store).accept(a_job(1, prompt=object()), PLENTY, owner="one")
    for error in (known, odd):
        assert "secret" not in str(error.value)
        assert error.value.__cause__ is None


@pytest.mark.parametrize("default", ["off", "local"])
async def test_the_server_ends_what_would_hold_up_others(url: str, default: str) -> None:
    """A suspended process keeps no lock, a statement ends, and commits are durable whatever the default."""
    other = await asyncpg.connect(url)
    name = make_url(url).database
    await other.execute(f"alter database {name} set synchronous_commit = {default}")
    await other.execute(f"alter database {name} set default_transaction_isolation = serializable")
    await other.close()
    connection = await connect(make_url(url))
    settings = [
        await connection.fetchval(f"show {setting}")
        for setting in (
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "synchronous_commit",
            "transaction_isolation",
        )
    ]
    await connection.close()
    assert settings == ["10s", "5s", "5s", "on", "read committed"]


async def test_the_age_of_a_lease_is_by_the_databases_clock(store: Store) -> None:
    """A process that starts knows for how long the others have not renewed, whatever its own clock says."""
    await Claims(store, "one").renew(1)
    await execute(store, "update processes set renewed_at = renewed_at - 3600")
    (lease,) = (await Claims(store, "two").ownership()).others
    assert lease.age is not None
    assert 3600 <= lease.age < 3700


async def test_changes_of_a_value_that_is_not_there_yet_follow_each_other(store: Store) -> None:
    """Of changes at once none is lost, also of the first ones."""
    values = KeyValues(store)

    async def add() -> None:
        await values.change_value("count", lambda old: str(int(old or 0) + 1))

    await asyncio.gather(*(add() for _ in range(20)))
    assert await values.get_value("count") == "20"


async def test_a_server_that_stops_and_starts() -> None:
    """While it is down each call fails soon and leaves nothing; after it is back all go on."""
    with open_server() as server:
        async with open_database(server.address) as store:
            await accepted(store, 1)
            await asyncio.to_thread(server.stop, mode="immediate")
            for _ in range(3):
                async with asyncio.timeout(5):
                    with pytest.raises(StoreFailed):
                        await accepted(store, 2)
                    with pytest.raises(StoreFailed):
                        await JobRepository(store).get(1)
            await asyncio.to_thread(server.start)
            assert await JobRepository(store).get(1) is not None
            assert await JobRepository(store).get(2) is None
            await accepted(store, 2)
            assert await JobRepository(store).get(2) is not None


async def _why_not(address: str) -> str:
    with pytest.raises(DatabaseUnusable) as error:
        await make_ready(make_url(address), migrate, wait=0.0)
    said = str(error.value)
    assert "\n" not in said
    assert "secret" not in said
    return said


async def test_a_server_that_is_not_there_is_waited_for() -> None:
    """A bot that starts before its database waits, and then says what the matter is."""
    assert "Connect call failed" in await _why_not("postgresql://bot:secret@127.0.0.1:9/bot")
    now, pauses = 0.0, []

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        pauses.append(seconds)

    with pytest.raises(DatabaseUnusable):
        await make_ready(
            make_url("postgresql://bot@127.0.0.1:9/bot"),
            migrate,
            wait=10.0,
            sleep=sleep,
            monotonic=lambda: now,
        )
    assert sum(pauses) == 10.0


async def test_an_address_that_is_wrong_is_one_sentence(url: str) -> None:
    """An unknown database or part of the address is named at once; the password is not."""
    plain = make_url(url).set(password="secret")
    for changed, part in (
        (plain.set(database="nowhere"), '"nowhere" does not exist'),
        (plain.set(username="nobody"), '"nobody" does not exist'),
        (plain.update_query_dict({"no_such_option": "1"}), "no_such_option"),
        (plain.update_query_dict({"sslmode": "secret"}), "sslmode"),
    ):
        assert part in await _why_not(changed.render_as_string(hide_password=False))
    bound = plain.update_query_dict({"channel_binding": "prefer"})
    await make_ready(bound, migrate, wait=0.0)


async def test_a_database_of_another_encoding_is_refused(url: str) -> None:
    """A database that can't hold every character is refused with the command that makes another."""
    admin = await asyncpg.connect(url)
    await admin.execute("create database latin template template0 encoding 'LATIN1'")
    try:
        latin = make_url(url).set(database="latin")
        assert "encoding is LATIN1" in await _why_not(latin.render_as_string(hide_password=False))
    finally:
        await admin.execute("drop database latin with (force)")
        await admin.close()


async def test_two_programs_that_start_at_once_migrate_once() -> None:
    """The second waits for the first, then has nothing to do."""
    async with empty_database() as address:
        await asyncio.gather(*(make_ready(make_url(address), migrate) for _ in range(3)))
        async with open_database(address) as store:
            assert await store.read(sql("select count(*) from acceptance")) == [(1,)]
