"""The outside world in a box: a sandbox API, a simulated Discord, the demo that joins them."""
