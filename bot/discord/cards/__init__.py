"""Cards: what job messages, lists and buttons look like, within the limits of Discord's embeds.

Pure functions: a job, or several, and the reader's locale give an embed and buttons. No clock is read:
elapsed and remaining times are Discord's timestamps, which every client keeps current by itself, so
that a card need not be edited because time passes (Discord docs: Message Formatting). Two equal
digests mean that two cards look alike, and an edit that would change nothing is not sent.
"""
