"""The composed program: what is opened, built and run, in order."""
