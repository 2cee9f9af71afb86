"""Sandbox: a simulated Discord and a sandbox of ModelHunter's API, both served on loopback.

The unchanged bot runs against the two in a process of its own (`launcher`, `bot_process`). The demo
and the tests are built on them. Neither of the two knows the bot.
"""
