"""The ModelHunter stand-in over real loopback HTTP."""
