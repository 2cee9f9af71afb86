"""The one place that builds everything and owns its lifetime."""
