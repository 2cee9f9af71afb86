"""The worker's steps against the stand-in of the API."""
