"""The outside world in a box: a ModelHunter stand-in, a simulated Discord, the demo that joins them."""
