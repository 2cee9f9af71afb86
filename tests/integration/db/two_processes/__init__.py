"""Two lives of the bot on one database."""
