"""Texts, their translations, and the rules that both keep."""
