"""Whatever happens, in whatever order: state machines drawn by Hypothesis."""
