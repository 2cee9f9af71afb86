"""The database's pure parts."""
