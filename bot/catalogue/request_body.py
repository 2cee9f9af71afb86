"""Request body: where the values of a request are put, by the paths of the data file. Pure.

A path is the API's name of an input:

  "prompt"           the value itself
  "image_urls[]"     a list, to which the value is added
  "dialogue[].text"  a list of objects: the field of one of them
"""

import dataclasses
from collections.abc import Iterable

_LIST = "[]"


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """A value with its path; `item` says which object of a list it belongs to."""

    path: str
    value: object
    item: int = 0


def is_of_each_line(path: str) -> bool:
    """Whether *path* leads to a field of each object of a list."""
    return f"{_LIST}." in path


def request_input(placed: Iterable[Placed]) -> dict[str, object]:
    """Return the `input` of a request: every value at its path, lists in the order given."""
    inputs: dict[str, object] = {}
    lists: dict[str, list[object]] = {}
    objects: dict[tuple[str, int], dict[str, object]] = {}
    for one in placed:
        head, is_list, field = one.path.partition(_LIST)
        if not is_list:
            inputs[head] = one.value
            continue
        items = lists.setdefault(head, [])
        inputs[head] = items
        if not field:
            items.append(one.value)
            continue
        if (head, one.item) not in objects:
            objects[head, one.item] = {}
            items.append(objects[head, one.item])
        objects[head, one.item][field.removeprefix(".")] = one.value
    return inputs
