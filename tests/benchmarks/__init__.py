"""Benchmarks: the bot's ways compared with the obvious ones: `make benchmark`. Not part of the tests."""
