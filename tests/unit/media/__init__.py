"""What may be fetched, and from where."""
