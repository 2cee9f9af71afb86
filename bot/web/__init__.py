"""Web server of the bot: health for containers and monitoring."""
