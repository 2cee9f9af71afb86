"""The ModelHunter.AI API, usable without Discord."""
