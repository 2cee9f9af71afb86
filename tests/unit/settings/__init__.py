"""The settings' pure parts."""
