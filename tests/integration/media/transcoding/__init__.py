"""Real files, made small enough by a real process."""
