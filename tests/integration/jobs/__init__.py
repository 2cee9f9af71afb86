"""A job from acceptance to its end, against the sandbox API, the real client and a real database."""
