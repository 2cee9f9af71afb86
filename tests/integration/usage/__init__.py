"""The usage on a real database."""
