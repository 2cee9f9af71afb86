"""The demo's parts over loopback HTTP."""
