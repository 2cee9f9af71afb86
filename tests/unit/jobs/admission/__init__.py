"""Requests before they are jobs."""
