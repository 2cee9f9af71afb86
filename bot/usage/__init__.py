"""Usage: what jobs have cost, for operators and for those who manage a server.

The ledger has the figures (`db/repositories/usage.py`); the API reports a balance beside them, and
documents no list of its own. A *period* is a range of UTC days, a *view* is what the usage is split
by. What one server may see of it is decided by who asks (`bot.discord.interactions.usage_access`).
"""
