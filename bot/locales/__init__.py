"""Every sentence that people read on Discord, by where it is read, ready for translation.

Whole sentences with named placeholders: nothing here is glued together from pieces. Placeholders
that carry what people wrote are made safe for Discord by `bot.discord.cards.markdown` before they
go in; prices, times and mentions arrive as text.
"""
