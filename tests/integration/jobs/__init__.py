"""The life of a job against the real stand-in, the real client and a real database."""
