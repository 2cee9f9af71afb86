"""Database: the records that the bot keeps, their tables, and the only code that accesses them."""
