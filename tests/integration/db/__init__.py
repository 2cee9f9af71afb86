"""The database's parts against real SQLite."""
