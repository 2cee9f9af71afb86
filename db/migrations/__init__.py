"""Migrations of the tables, one step a file, run by Alembic.

None leads back: the way back is the backup that was made before the update. Each says by
`BESIDE_FORMER` whether programs of the step before can go on with the tables as it leaves them, which is
so where it adds tables, or columns that may be absent from what they write. Then the two may run side
by side, while one process after the other is replaced; else an older program refuses the database
unchanged, and the step is not made while others run (`db.engines.migration_steps`).
"""

# The last step. A database that has made it is taken as it is, without Alembic.
NEWEST = "0002"
