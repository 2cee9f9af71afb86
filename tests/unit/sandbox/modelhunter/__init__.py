"""The pure parts of the ModelHunter stand-in."""
