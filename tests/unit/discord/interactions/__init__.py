"""Permissions, buttons, autocomplete and error texts."""
