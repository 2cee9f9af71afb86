"""Due edits: which card is edited next, one at a time in a channel.

Cards wait in the heap of their channel, and channels in one heap by the first of their cards. A
channel with an edit in flight is not in that heap, so that a slow one with thousands of cards costs
the others no look.
"""

from bot.due_heap import DueHeap


class DueEdits:
    """Cards by the time from which they may be edited; at most one a channel is in flight."""

    def __init__(self) -> None:
        self._channels: dict[int, DueHeap[int]] = {}  # the cards that wait, by channel
        self._free: DueHeap[int] = DueHeap()  # channels without an edit in flight
        self._channel_of: dict[int, int] = {}  # of the cards that wait
        self._in_flight: dict[int, int] = {}  # card to its channel
        self._busy: set[int] = set()  # channels with an edit in flight

    def __len__(self) -> int:
        """Return how many cards wait."""
        return len(self._channel_of)

    @property
    def in_flight(self) -> int:
        """How many edits are in flight."""
        return len(self._in_flight)

    def put(self, card: int, channel: int, due: float) -> None:
        """Have *card* edited from *due* on, in place of an earlier or later time."""
        self._channel_of[card] = channel
        self._channels.setdefault(channel, DueHeap()).put(card, due)
        self._line_up(channel)

    def remove(self, card: int) -> None:
        """Have *card* not edited; an edit in flight goes on."""
        channel = self._channel_of.pop(card, None)
        if channel is not None:
            self._channels[channel].remove(card)
            self._line_up(channel)

    def first_due(self) -> float | None:
        """Return when the next edit may begin, None if none waits in a channel that is free."""
        return self._free.first_due()

    def next_due(self, now: float) -> int | None:
        """Return the card that `take_due` would, and leave it where it waits."""
        channel = self._free.first(now)
        return None if channel is None else self._channels[channel].first(now)

    def take_due(self, now: float) -> int | None:
        """Return the card that has been due the longest, in flight until it is released."""
        channel = self._free.take_due(now)
        if channel is None:
            return None
        card = self._channels[channel].take_due(now)
        if card is None:
            raise RuntimeError("a channel is lined up by the first of its cards")
        del self._channel_of[card]
        self._in_flight[card] = channel
        self._busy.add(channel)
        self._line_up(channel)
        return card

    def release(self, card: int) -> None:
        """End the flight of *card*, so that its channel may have another edit."""
        channel = self._in_flight.pop(card, None)
        if channel is not None:
            self._busy.discard(channel)
            self._line_up(channel)

    def _line_up(self, channel: int) -> None:
        """Put the channel where its first card belongs, or nowhere."""
        waiting = self._channels.get(channel)
        due = None if waiting is None else waiting.first_due()
        if due is None:
            self._channels.pop(channel, None)
        if due is None or channel in self._busy:
            self._free.remove(channel)
        else:
            self._free.put(channel, due)
