"""The usage: periods, tables, files, the usual pace."""
