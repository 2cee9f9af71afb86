"""Kill tests: the bot is killed at every kind of moment, started again, and what is left is checked.

A *stage* is a simulated Discord, a sandbox API, a database file and a clock. In it the real bot runs
several times; each *run* but the last ends with SIGKILL at a *kill point*, and in half of the runs
*random faults* of Discord and the API come on top. After the last run the promises are checked
against what Discord shows, what the API holds, and the *stored jobs* and the ledger, which are read
from the database without the bot's code.
"""
