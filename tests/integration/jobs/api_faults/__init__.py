"""The API goes wrong in every way on every call, and every job ends rightly all the same."""
