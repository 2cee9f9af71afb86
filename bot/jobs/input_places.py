"""Input places: where the addresses of a job's inputs go in its body. Pure.

The body of a request is built and stored before its inputs are at the API. So it holds a place for
each, and the addresses are put there when it is sent. No text of a requester is ever taken for a
place: these begin with a control character, of which texts are freed (`bot.storable_text`).
"""

from collections.abc import Mapping

from db.job_inputs import Inputs

_MARK = "\x1finput "


def place_of(index: int) -> str:
    """Return what is in the body in place of the address of the input with this index."""
    return f"{_MARK}{index}"


def with_addresses(body: Mapping[str, object], inputs: Inputs) -> Mapping[str, object]:
    """Return *body* with the address of each input in its place.

    Raises:
        LookupError: An input has no address yet.
    """
    if not inputs:
        return body
    addresses = {
        place_of(index): it.address for index, it in enumerate(inputs) if it.address is not None
    }
    return {name: _filled(value, addresses) for name, value in body.items()}


def _filled(value: object, addresses: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return addresses[value] if value.startswith(_MARK) else value
    if isinstance(value, Mapping):
        return {name: _filled(item, addresses) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, addresses) for item in value]
    return value
