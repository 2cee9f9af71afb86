"""Property tests: Hypothesis draws sequences of events and looks for one that breaks an invariant.

`test_store` drives the repositories and the rules of a job with simulated processes; what the API and
Discord know is modelled as dictionaries. `test_steps` drives the worker's real steps against the
sandbox API. `test_leases` runs lease keepers second by second.
"""
