"""The statements, one file for each thing that is stored."""
