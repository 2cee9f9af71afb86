"""The pure parts of the way to the internet."""
