"""What a job is and what events make of it. Pure."""
