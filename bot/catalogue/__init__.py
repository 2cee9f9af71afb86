"""The models we know, with their options, limits and prices."""
