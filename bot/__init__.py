"""The ModelHunter bot: what it knows, does and shows."""
