"""The decisions of fitting, without files."""
