"""Naive bot: the obvious way to do the same, to compare with.

A coroutine for each job, a GET for each look, one aiohttp session, `sqlite3` called in the event
loop, and none of the promises. It works: it takes `/video`, answers, puts ❌ under the card, polls,
uploads the file onto the card, and goes on with what was open after a restart.
"""
