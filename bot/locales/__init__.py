"""Texts: every sentence that users read on Discord, in a module for each place where it is read.

Rules for texts:

- A text is a `Text`, and becomes a string only by `translate(text, locale, **values)`.
- It is a whole sentence or label with named placeholders: nothing is joined from pieces, because
  another language orders them differently.
- What users wrote is made safe for Discord by `bot.discord.cards.markdown` before it is filled in;
  prices, times and mentions are filled in as text.
- A command is a placeholder such as `{/cancel}`, which is filled in by itself and can be clicked. In
  footers, titles and labels Discord shows no mentions, so there it is plain text.
- What users read is short, plain and exact: what they typed is in code marks, what they can press or
  choose is bold.
- A text with a number that other languages decline with is a `CountedText`.
- The English text is its key in the catalogues. When it changes, its translations are outdated and
  English is read until a translator has confirmed them, so it is changed with care.
"""
