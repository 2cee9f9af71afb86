"""The life of a job, with no Discord in it."""
