"""The commands beside the bot itself, one file a command."""
