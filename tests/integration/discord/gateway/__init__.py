"""Connections to the gateway: the real discord.py against a gateway that sends odd frames."""
