"""Every call of the API fails in every way, and every job still ends as it should."""
