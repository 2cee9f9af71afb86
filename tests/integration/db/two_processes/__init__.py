"""Two processes of the bot on one database."""
