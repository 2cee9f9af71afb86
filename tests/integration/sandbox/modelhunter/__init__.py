"""The sandbox API over real loopback HTTP."""
