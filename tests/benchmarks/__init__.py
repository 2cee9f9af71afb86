"""Benchmarks: the bot beside the naive way, in one run: `make benchmark`. Not part of the tests.

Both bots run as real processes, one after the other, against the same lean Discord and the same
sandbox API, over TLS. `scenarios/` has a file for each; what they measure is rows of one table, and
`docs/performance.md` is written from it. Processor time is the process's own, from /proc, and
latencies are those on the wire, so that nothing in the bot is touched. Linux only.
"""
