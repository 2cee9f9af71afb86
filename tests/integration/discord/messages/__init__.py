"""Job messages: the real senders with discord.py, against a Discord that limits and fails."""
