"""Migration: bring the database's tables up to date, where they are not."""

from sqlalchemy import Connection, inspect, text

from db.migrations import NEWEST

_VERSIONS = "alembic_version"  # the table in which Alembic notes the last step


def migrate(connection: Connection, *, steps: str = "db:migrations", newest: str = NEWEST) -> None:
    """Run the missing steps in the connection's transaction, so that all are made or none.

    *steps* is a folder of a package or a path, in Alembic's notation, and *newest* the last of them.

    Raises:
        DatabaseUnusable: A newer version of this program wrote the database; nothing is changed.
    """
    if _last_steps(connection) == [newest]:
        return
    from db.engines.migration_steps import run_missing_steps  # noqa: PLC0415 - loads Alembic

    run_missing_steps(connection, steps)


def _last_steps(connection: Connection) -> list[str]:
    """Return the last steps that were made: one, unless the database is new."""
    if not inspect(connection).has_table(_VERSIONS):
        return []
    found = connection.execute(text(f"select version_num from {_VERSIONS}"))  # noqa: S608 - a name
    return [str(step) for step in found.scalars()]
