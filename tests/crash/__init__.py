"""Kill the bot at every kind of instant, start it again, and judge by the outside world's books."""
