"""Scenarios: each measures both bots in one situation, and returns rows."""
