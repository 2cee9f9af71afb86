"""Monitoring: the logs, the problems that `/readyz` reports, and the watch on the API."""
