"""The repositories on every real database that is there."""
