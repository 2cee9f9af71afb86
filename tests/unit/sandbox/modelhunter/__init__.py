"""The pure parts of the sandbox API."""
