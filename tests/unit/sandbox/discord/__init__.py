"""The parts of the simulated Discord."""
