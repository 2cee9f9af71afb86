"""The health server over loopback."""
