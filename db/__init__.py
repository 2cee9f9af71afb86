"""What the bot remembers: the tables, the records and the only code that touches them."""
