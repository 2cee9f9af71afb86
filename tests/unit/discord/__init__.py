"""Discord's side apart from cards and lists: access, commands, buttons, refusals."""
