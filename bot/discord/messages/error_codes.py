"""Error codes of Discord: what each means for what the bot was doing, one table. Pure.

https://docs.discord.com/developers/topics/opcodes-and-status-codes#json is the list of codes; each
row says which call can meet its code. A code that is not in the table, a code of 0 and an answer
without a code mean `LATER`, with any HTTP status: such a refusal may be an accident of Discord or
of a network in between, and is repeated with growing pauses. So a new code of Discord never costs a
result.
"""

import enum
from collections.abc import Mapping


class Verdict(enum.Enum):
    """Whether the same call can succeed at another time."""

    NEVER = enum.auto()
    LATER = enum.auto()
    OTHER_WAY = enum.auto()


class Meaning(enum.Enum):
    """What an error code says about a card, a message or a token."""

    DELETED = enum.auto()  # the message, or its channel
    OUT_OF_REACH = enum.auto()  # not there, not by this way, or not with these permissions
    TOO_LARGE = enum.auto()  # a file is above the upload limit: smaller files, or another route
    EXPIRED = enum.auto()  # the interaction token is not valid any more: by the bot's own token
    LATER = enum.auto()

    @property
    def verdict(self) -> Verdict:
        """Whether the same call can succeed at another time."""
        return _VERDICTS[self]


_VERDICTS: Mapping[Meaning, Verdict] = {
    Meaning.DELETED: Verdict.NEVER,
    Meaning.OUT_OF_REACH: Verdict.NEVER,
    Meaning.TOO_LARGE: Verdict.OTHER_WAY,
    Meaning.EXPIRED: Verdict.OTHER_WAY,
    Meaning.LATER: Verdict.LATER,
}

UNKNOWN_CHANNEL = 10003
UNKNOWN_GUILD = 10004
UNKNOWN_MESSAGE = 10008
UNKNOWN_EMOJI = 10014
UNKNOWN_WEBHOOK = 10015
UNKNOWN_INTERACTION = 10062
REQUEST_TOO_LARGE = 40005
ALREADY_ACKNOWLEDGED = 40060
MISSING_ACCESS = 50001
INVALID_TOKEN = 50027
INVALID_FORM = 50035

MEANINGS: Mapping[int, Meaning] = {
    UNKNOWN_CHANNEL: Meaning.DELETED,
    UNKNOWN_MESSAGE: Meaning.DELETED,
    # The interaction token: 10015 and 50027 at its webhook, 10062 at its callback.
    UNKNOWN_WEBHOOK: Meaning.EXPIRED,
    UNKNOWN_INTERACTION: Meaning.EXPIRED,
    INVALID_TOKEN: Meaning.EXPIRED,
    # Uploads.
    REQUEST_TOO_LARGE: Meaning.TOO_LARGE,
    50045: Meaning.TOO_LARGE,  # file uploaded exceeds the maximum size
    30015: Meaning.OUT_OF_REACH,  # more than ten attachments
    50046: Meaning.OUT_OF_REACH,  # invalid file uploaded
    50110: Meaning.OUT_OF_REACH,  # the provided file is invalid
    50123: Meaning.OUT_OF_REACH,  # the provided file type is invalid
    400001: Meaning.OUT_OF_REACH,  # file uploads are limited in this server
    # Messages and edits in a channel.
    UNKNOWN_GUILD: Meaning.OUT_OF_REACH,
    10007: Meaning.OUT_OF_REACH,  # unknown member
    40007: Meaning.OUT_OF_REACH,  # the user is banned from this server
    40058: Meaning.OUT_OF_REACH,  # no messages in a forum channel
    MISSING_ACCESS: Meaning.OUT_OF_REACH,
    50003: Meaning.OUT_OF_REACH,  # not in a direct message
    50005: Meaning.OUT_OF_REACH,  # the message of another user
    50006: Meaning.OUT_OF_REACH,  # an empty message
    50008: Meaning.OUT_OF_REACH,  # not a text channel
    50009: Meaning.OUT_OF_REACH,  # the channel's verification level is too high
    50013: Meaning.OUT_OF_REACH,  # a permission is missing
    50021: Meaning.OUT_OF_REACH,  # a system message
    50024: Meaning.OUT_OF_REACH,  # not in this type of channel
    INVALID_FORM: Meaning.OUT_OF_REACH,  # the same body is refused again
    50068: Meaning.OUT_OF_REACH,  # invalid message type
    50083: Meaning.OUT_OF_REACH,  # the thread is archived
    50095: Meaning.OUT_OF_REACH,  # the server is not available at this location
    50101: Meaning.OUT_OF_REACH,  # the server needs more boosts
    60003: Meaning.OUT_OF_REACH,  # two-factor authentication is required
    160002: Meaning.OUT_OF_REACH,  # a reply needs Read Message History
    160005: Meaning.OUT_OF_REACH,  # the thread is locked
    200000: Meaning.OUT_OF_REACH,  # blocked by automatic moderation
    200001: Meaning.OUT_OF_REACH,  # a title, blocked by automatic moderation
    240000: Meaning.OUT_OF_REACH,  # blocked by the filter of harmful links
    # Direct messages.
    10013: Meaning.OUT_OF_REACH,  # unknown user
    20009: Meaning.OUT_OF_REACH,  # explicit content can't be sent to this user
    50007: Meaning.OUT_OF_REACH,  # the user takes no direct messages
    50033: Meaning.OUT_OF_REACH,  # invalid recipient
    50278: Meaning.OUT_OF_REACH,  # no server in common
    # Reactions.
    UNKNOWN_EMOJI: Meaning.OUT_OF_REACH,  # there is no such reaction
    30010: Meaning.OUT_OF_REACH,  # twenty kinds of reactions already
    90001: Meaning.OUT_OF_REACH,  # the reaction was blocked by the author
    # Answers to interactions.
    ALREADY_ACKNOWLEDGED: Meaning.OUT_OF_REACH,  # by another process
    40094: Meaning.OUT_OF_REACH,  # no more follow-up messages
    # Commands.
    20012: Meaning.OUT_OF_REACH,  # not authorized for this application
    30032: Meaning.OUT_OF_REACH,  # too many application commands
    # Passing states, by their documented names. They are listed to say so; the table's default
    # would mean the same.
    0: Meaning.LATER,  # a general error
    20016: Meaning.LATER,  # slow mode
    20022: Meaning.LATER,  # announcements, edited too often
    20028: Meaning.LATER,  # the channel's write rate limit
    20029: Meaning.LATER,  # the server's write rate limit
    30034: Meaning.LATER,  # application commands created today
    30046: Meaning.LATER,  # messages older than an hour, edited too often
    40001: Meaning.LATER,  # unauthorized: a token that was revoked ends the next login
    40002: Meaning.LATER,  # the account must be verified: the operator can do that
    40003: Meaning.LATER,  # direct messages opened too fast
    40004: Meaning.LATER,  # sending is disabled for a time
    40006: Meaning.LATER,  # a feature is disabled for a time
    40043: Meaning.LATER,  # the interaction failed to be sent
    40062: Meaning.LATER,  # the service is being rate limited
    40333: Meaning.LATER,  # "internal network error": Cloudflare, in front of Discord
    50014: Meaning.LATER,  # invalid authentication token: as 40001
    50109: Meaning.LATER,  # the body arrived as invalid JSON
    50146: Meaning.LATER,  # the uploaded file was not found
    110000: Meaning.LATER,  # an index is not available yet
    110001: Meaning.LATER,  # the application is not available yet
    130000: Meaning.LATER,  # overloaded
}

_PAYLOAD_TOO_LARGE = 413  # HTTP; a proxy answers it without a code


def meaning_of(status: int, code: object) -> Meaning:
    """Return what an answer with this HTTP status and this JSON error code means.

    What is no number is no code: a proxy answers JSON of its own.
    """
    if status == _PAYLOAD_TOO_LARGE:
        return Meaning.TOO_LARGE
    if status == 429 or status >= 500 or not isinstance(code, int):
        return Meaning.LATER
    return MEANINGS.get(code, Meaning.LATER)
