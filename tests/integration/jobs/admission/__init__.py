"""From a request to an accepted job, on a real database."""
