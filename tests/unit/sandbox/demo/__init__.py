"""The demo's own decisions."""
