"""Browser tests: the demo's page in Chromium."""
