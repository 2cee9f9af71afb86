"""Edit intervals and Discord's errors."""
