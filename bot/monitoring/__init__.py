"""What operators see of the bot: logs and health."""
