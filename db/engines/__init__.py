"""Engines: open, lock, migrate and copy the database."""
