"""Sending and editing job messages within Discord's limits."""
