"""The transition table and settlement."""
