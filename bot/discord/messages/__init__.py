"""Job messages: sent, edited and found again within Discord's limits.

How Discord limits a bot, and which module keeps each limit. Discord publishes few numbers; those
marked "observed" are what bots report. The pages are those of https://docs.discord.com/developers.

Per-route buckets (topics/rate-limits)
    A route has a bucket of calls for each channel, server or webhook in its path. Its size comes in
    the headers of each response and may change, so this program states none: discord.py reads the
    headers and waits, or raises `RateLimited` if the wait is longer than a minute. Observed: 5
    messages sent or edited in 5 s and channel, 1 reaction in 0.25 s.
    When a bucket is full again, discord.py makes all the calls that it has room for at once, and
    when that was measured, some of them still met a 429. So one message is written at a time in a
    channel, by the bot's token and by interaction tokens apart (`discord_calls`), and a card is edited at most once a second (`edit_intervals`): of the
    states in between only the newest is shown.

Global limit (topics/rate-limits, "Global Rate Limit")
    50 calls a second by all processes that use one bot token. discord.py slows down only after the
    first 429, and knows nothing of other processes. So calls are spaced out beforehand, at 45 a
    second, and each process takes its part of them; endings and results go before progress and ❌
    (`rate_limit`).

Interaction endpoints (same page; interactions/receiving-and-responding, "Followup Messages")
    They are exempt from the global limit, but an interaction token expires after 15 minutes, and a
    call then gets a 401 with code 50027. So a card is edited by its token until minute 14, and from
    then on by the bot's token with the ids of channel and message (`message_client`). The latter is
    impossible for ephemeral messages and where the bot is not a member (`CardKind.TOKEN_ONLY`).

Invalid requests (topics/rate-limits, "Invalid Request Limit")
    10,000 responses with 401, 403 or 429 in ten minutes, and Cloudflare blocks the address for all
    bots that use it. So none of them is repeated for nothing: a token that was refused is used no
    more (`message_client`), and a card that can't be edited is left alone for ten minutes
    (`progress_edits`). A refusal that may be an accident (`error_codes`) is repeated with growing
    pauses, and after a thousand counted responses calls pause (`refusals`). During a ban no call is
    made (`discord_calls`); how a ban differs from other 429s is in `discord_errors`.

Old messages (topics/opcodes-and-status-codes, code 30046)
    Edits of a message older than an hour have a limit of their own, unpublished. So such a card is
    edited at most once a minute (`edit_intervals`). An edit that was refused is made later, and
    the last one, which shows the ending, is never given up.

Uploads (reference, "Uploading Files")
    An interaction says how large its files may be; a server allows more when it is boosted, and
    10 MiB are always allowed (`upload_limit`). A larger file gets a 413 or code 40005. An upload
    lasts minutes, so it does not hold up the edits in its channel; how many are under way at once,
    by size and channel, is in `upload_lanes`.

Repeated messages (resources/message, "Create Message")
    With `enforce_nonce`, which discord.py always sets, a message whose nonce was used in the past
    few minutes is not created again, so a call whose response was lost can be repeated. What is
    repeated later than that is looked for first (`replies`).
"""
