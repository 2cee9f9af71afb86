"""Bring a database's tables up to this program's."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

# Any number that no other program on the same server uses for an advisory lock.
_MIGRATION_LOCK = 7_203_551


class NewerDatabase(Exception):
    """The database was written by a newer version of this program."""


def migrate(connection: Connection, *, steps: str = "db:migrations") -> None:
    """Run the missing steps within the connection's transaction, so that all happen or none.

    *steps* is a package's folder or a path, as Alembic writes them.

    Raises:
        NewerDatabase: a newer program was here; nothing is changed.
    """
    if connection.dialect.name == "postgresql":
        # Two processes that start together: the second waits, then finds nothing to do.
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", steps)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not known.issuperset(MigrationContext.configure(connection).get_current_heads()):
        raise NewerDatabase
    command.upgrade(config, "head")
