"""Migration steps: run those that a database lacks, with Alembic.

Alembic takes as long to load as all else that a start needs of the database, so this module is
imported only where a step is missing (`db.engines.migrate`).

Several processes may share a database, and are replaced one after the other by those of a newer
version. Each step says whether programs of the step before can go on beside it (`BESIDE_FORMER`). Where
they can, they go on, and are also started anew on the newer tables; the database says so. Where they
can't, the step is not made while other processes run, and an older program refuses the tables.
"""

from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, inspect, text

from db.errors import DatabaseUnusable

# Any number that no other program on the same server uses for an advisory lock.
_MIGRATION_LOCK = 7_203_551
# The name under which the database keeps the last steps of those programs that can use it.
_PROGRAMS = "steps of programs that can use the tables"
# Seconds in which a process that runs has renewed its lease (`bot.jobs.leases`).
_LEASE = 30

_NEWER = "The database was written by a newer version of this program: update the program."
_OTHERS_RUN = (
    "Other processes run on this database, and can't go on with the tables of this version: stop all"
    " of them, wait half a minute, and start this one first."
)


def run_missing_steps(connection: Connection, steps: str) -> None:
    """Run the missing steps in the connection's transaction, so that all are made or none.

    Raises:
        DatabaseUnusable: A newer version of this program wrote the database, or other processes run
            that could not go on with it; nothing is changed.
    """
    if connection.dialect.name == "postgresql":
        # Of two processes that start together the second waits, then has nothing to do.
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", steps)
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision: script for script in scripts.walk_revisions()}
    made = set(MigrationContext.configure(connection).get_current_heads())
    if not made.issubset(known):
        if scripts.get_current_head() not in _programs(connection):
            raise DatabaseUnusable(_NEWER)
        return
    missing = [script for script in known.values() if script.revision not in _before(made, known)]
    if made and not all(map(_goes_beside, missing)) and _others_run(connection):
        raise DatabaseUnusable(_OTHERS_RUN)
    command.upgrade(config, "head")
    _note_programs(connection, list(scripts.walk_revisions()))


def _before(made: set[str], known: dict[str, Script]) -> set[str]:
    """Return the steps that were made: *made* and all that lead to them."""
    found: set[str] = set()
    waiting = list(made)
    while waiting:
        step = waiting.pop()
        found.add(step)
        former = known[step].down_revision
        waiting += [former] if isinstance(former, str) else []
    return found


def _goes_beside(step: Script) -> bool:
    return bool(getattr(step.module, "BESIDE_FORMER", False))


def _note_programs(connection: Connection, newest_first: Sequence[Script]) -> None:
    """Store which programs can use the tables, if they are others than this one alone."""
    programs = [newest_first[0].revision]
    for step in newest_first:
        if not _goes_beside(step) or not isinstance(step.down_revision, str):
            break
        programs.append(step.down_revision)
    connection.execute(text("delete from facts where key = :key"), {"key": _PROGRAMS})
    if len(programs) > 1:
        values = {"key": _PROGRAMS, "value": ",".join(programs)}
        connection.execute(text("insert into facts (key, value) values (:key, :value)"), values)


def _programs(connection: Connection) -> Sequence[str]:
    if not inspect(connection).has_table("facts"):
        return ()
    found = connection.execute(
        text("select value from facts where key = :key"), {"key": _PROGRAMS}
    ).scalar()
    return () if found is None else str(found).split(",")


def _others_run(connection: Connection) -> bool:
    """Whether another process has renewed its lease just now; SQLite's file has a lock for that."""
    if connection.dialect.name != "postgresql":
        return False
    columns = (
        {column["name"] for column in inspect(connection).get_columns("processes")}
        if inspect(connection).has_table("processes")
        else set()
    )
    if "renewed_at" not in columns:
        return False
    since = "extract(epoch from clock_timestamp()) - :lease"
    statement = text(f"select count(*) from processes where renewed_at > {since}")  # noqa: S608
    return bool(connection.execute(statement, {"lease": _LEASE}).scalar())
