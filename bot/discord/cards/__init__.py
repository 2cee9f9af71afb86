"""What job messages, lists and buttons look like. Pure."""
