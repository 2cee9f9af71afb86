"""Card mark: tells the card of a job from that of another bot with the same token. Pure.

Two processes with a database each and one token both receive every interaction, and make jobs of the
same id, whose cards would look alike. So each job has a random number, which is put into the lowest
bits of its card's colour: no reader sees it, and Discord gives a colour back as it was sent.
"""

import re
from collections.abc import Iterable

from bot.discord.cards.card_buttons import ButtonAction

# Three bits each of red, green and blue: a colour differs by 7 of 255 at most.
_BITS = 0x070707
_CHANNEL = 3
_OF_QUESTIONS = frozenset({ButtonAction.GENERATE, ButtonAction.NO_THANKS})
_CUSTOM_ID = re.compile(r"(?P<action>[a-z_]+):(?P<about>\d+)")


def marked(colour: int, mark: int) -> int:
    """Return *colour* (RGB) with the job's *mark* in it; 0 is no mark."""
    return (colour & ~_BITS) | _spread(mark) if mark else colour


def is_own_card(colour: int | None, custom_ids: Iterable[str], *, job_id: int, mark: int) -> bool:
    """Whether an answer with this colour and these buttons is the card of that job.

    A question about a price is none, and neither is an answer with buttons for something else.
    """
    if colour is None or (mark and colour & _BITS != _spread(mark)):
        return False
    return all(_is_for(custom_id, job_id) for custom_id in custom_ids)


def _is_for(custom_id: str, job_id: int) -> bool:
    parts = _CUSTOM_ID.fullmatch(custom_id)
    if parts is None or parts["action"] in _OF_QUESTIONS:
        return False
    return int(parts["about"]) == job_id


def _spread(mark: int) -> int:
    red, green, blue = (mark >> 2 * _CHANNEL) & 7, (mark >> _CHANNEL) & 7, mark & 7
    return red << 16 | green << 8 | blue
