"""Answers to commands, buttons and reactions."""
