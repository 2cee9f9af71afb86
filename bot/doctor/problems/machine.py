"""Problems of the machine: clock, database, disk, transcoder, and the bot's own web address."""

import enum

from bot.doctor.problems.row import Problem, failed, warning


@enum.unique
class MachineProblem(Problem):
    """What may be wrong with the machine."""

    CLOCK_OFF = warning("clock", "Have the machine's clock set by NTP: `timedatectl set-ntp true`.")
    DATABASE_ADDRESS = failed(
        "database",
        "Correct DATABASE_URL: sqlite:///data/bot.db, with four slashes for a path from the root, or postgresql://user:password@host/name.",
    )
    DATABASE_IN_MEMORY = warning(
        "database", "Set DATABASE_URL to a file: as it is, all jobs are forgotten at each stop."
    )
    DATABASE_UNWRITABLE = failed(
        "database", "Give the bot's user the right to write to that file and folder."
    )
    NOT_A_DATABASE = failed(
        "database", "Name another file in DATABASE_URL: this one is no database."
    )
    DATABASE_DAMAGED = failed(
        "database", "Stop the bot and restore the database from a backup, or move it away."
    )
    DATABASE_LOCKED = failed(
        "database", "Close the program that holds the database, often an open SQLite browser."
    )
    DATABASE_NEWER = failed(
        "database", "Update the program, or restore a backup that was made by this version."
    )
    DATABASE_OLDER = warning(
        "database", "Make a backup, then start the bot, which brings the tables up to date."
    )
    DATABASE_UNREACHABLE = failed(
        "database", "Start the database server, or correct its host and port in DATABASE_URL."
    )
    DATABASE_LOGIN = failed(
        "database",
        "Correct user, password and name of the database in DATABASE_URL, or create it on the server.",
    )
    DATABASE_RIGHTS = failed(
        "database",
        "Make the bot's user the owner of the database: `alter database ... owner to ...`.",
    )
    DATABASE_UNSUITABLE = failed(
        "database", "Name a database in DATABASE_URL that is as the sentence says it must be."
    )
    DATABASE_SLOW = warning(
        "database",
        "Move the database to a faster disk that is in this machine: a burst of commands has to wait for it.",
    )
    FOLDER_UNWRITABLE = failed(
        "disk",
        "Give the bot's user the right to write to that folder; TMPDIR names that of results.",
    )
    DISK_FULL = failed("disk", "Make room on that disk, or name another folder.")
    DISK_LOW = warning("disk", "Make room on that disk: results of up to 100 MiB are kept there.")
    TRANSCODER_FAILS = failed(
        "transcoder",
        "Install the bot's packages again; large results can only be linked until then.",
    )
    ISOLATION_PARTIAL = warning(
        "isolation",
        "Use Linux 5.13 or newer with Landlock and seccomp, and let no container profile forbid them.",
    )
    PORT_UNUSABLE = failed(
        "web server", "Choose another HTTP_HOST and HTTP_PORT, or stop what uses that port."
    )
    NOT_READY = warning(
        "web server", "Look the sentence up in docs/troubleshooting.md: it is of the running bot."
    )
    WEBHOOKS_LOCAL = warning(
        "webhooks",
        "Set PUBLIC_URL to an address that ModelHunter can reach: this one leads to your own machine.",
    )
    WEBHOOKS_UNKNOWN = failed(
        "webhooks", "Restart the bot, which was started without this PUBLIC_URL."
    )
    WEBHOOKS_ELSEWHERE = failed(
        "webhooks",
        "Have the reverse proxy or tunnel pass /webhooks/modelhunter on to HTTP_HOST and HTTP_PORT: docs/webhooks.md shows how.",
    )

    DRY_JOB_FAILED = failed(
        "dry job",
        'Run `python -m bot demo --once "a fox"`, which shows more, and look at what it says.',
    )
