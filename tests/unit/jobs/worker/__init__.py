"""Scheduling, ticks and intervals."""
