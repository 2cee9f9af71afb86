"""The slash commands: parse, call the service, answer."""
