"""The steps that take an accepted job to its end."""
