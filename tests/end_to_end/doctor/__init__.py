"""The doctor, on a good set-up and on each broken one."""
