"""Scheduling, batching and intervals."""
