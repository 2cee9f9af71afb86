"""Commands of the command line, one file each; `bot.__main__` has the table of them."""
