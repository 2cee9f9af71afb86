"""Limits on edits, calls and uploads, and Discord's errors."""
