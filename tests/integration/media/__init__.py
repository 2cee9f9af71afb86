"""Downloads from a real server on loopback."""
