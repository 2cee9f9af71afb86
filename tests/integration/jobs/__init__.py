"""The life of a job against the sandbox API, the real client and a real database."""
