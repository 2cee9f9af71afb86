"""The composed program, opened as it is run."""
