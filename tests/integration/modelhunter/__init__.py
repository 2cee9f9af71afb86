"""The client of the API against a scripted server."""
