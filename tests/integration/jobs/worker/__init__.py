"""The worker's steps against the sandbox API."""
