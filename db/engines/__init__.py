"""Database engines: connections, migrations, backups."""
