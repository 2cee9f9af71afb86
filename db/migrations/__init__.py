"""Migrations of the tables, one step a file, run by Alembic.

None leads back: an older program refuses a newer database unchanged, and the way back is the backup
that was made before the update.
"""

# The last step. A database that has made it is taken as it is, without Alembic.
NEWEST = "0002"
