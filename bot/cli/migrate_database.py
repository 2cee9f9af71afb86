"""Command `migrate-database`: move an existing bot from SQLite to PostgreSQL."""

import argparse

from bot.cli.command import Command, end_with


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sqlite", help="the address of the file, as sqlite:///data/bot.db")
    parser.add_argument("postgresql", help="the address of the database, as postgresql://host/name")
    parser.add_argument(
        "--leave-out-unreadable",
        action="store_true",
        help="move what can be read; the bot leaves the other rows alone anyway",
    )


def _run(options: argparse.Namespace) -> int:
    import asyncio

    from db.engines.store_move import move
    from db.errors import DatabaseUnusable, MoveRefused

    try:
        moved = asyncio.run(
            move(
                options.sqlite,
                options.postgresql,
                leave_out_unreadable=options.leave_out_unreadable,
            )
        )
    except (MoveRefused, DatabaseUnusable) as error:
        return end_with(str(error))
    for name in moved.left_out:
        print(f"Left out: {name}")  # noqa: T201 - the answer
    numbers = ", ".join(f"{count:,} {table}" for table, count in moved.rows.items() if count)
    print(  # noqa: T201 - the answer
        f"Moved and compared: {numbers or 'no rows'}. Set DATABASE_URL to the new address and start"
        f" the bot; the file is {moved.file} now."
    )
    return 0


MIGRATE_DATABASE = Command(
    name="migrate-database",
    help="move the database from SQLite to PostgreSQL",
    description="Move all rows of a SQLite file to PostgreSQL, while no bot runs on either.",
    run=_run,
    add_arguments=_add_arguments,
)
