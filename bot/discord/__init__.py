"""Discord, apart from the commands: cards, buttons, edits, permissions."""
