"""Repositories: the statements, one file for each kind of record. Each call is one transaction."""
