"""Scale-out: one gateway and two workers over one PostgreSQL, of which some are killed."""
