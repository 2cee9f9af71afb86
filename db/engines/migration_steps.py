"""Migration steps: run those that a database lacks, with Alembic.

Alembic takes as long to load as all else that a start needs of the database, so this module is
imported only where a step is missing (`db.engines.migrate`).
"""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.errors import DatabaseUnusable

# Any number that no other program on the same server uses for an advisory lock.
_MIGRATION_LOCK = 7_203_551


def run_missing_steps(connection: Connection, steps: str) -> None:
    """Run the missing steps in the connection's transaction, so that all are made or none.

    Raises:
        DatabaseUnusable: A newer version of this program wrote the database; nothing is changed.
    """
    if connection.dialect.name == "postgresql":
        # Of two processes that start together the second waits, then has nothing to do.
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", steps)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not known.issuperset(MigrationContext.configure(connection).get_current_heads()):
        raise DatabaseUnusable(
            "The database was written by a newer version of this program: update the program."
        )
    command.upgrade(config, "head")
