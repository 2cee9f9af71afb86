"""What a user waits for goes ahead in the line, and the background never stops."""

import threading

from db.engines.line import Line


def _take_all(line: Line[str], count: int) -> list[str]:
    return [line.take() for _ in range(count)]


def test_each_kind_keeps_its_order() -> None:
    """Urgent work comes first, and within its kind the oldest does."""
    line: Line[str] = Line()
    for item in ("a", "b"):
        line.put(item)
    for item in ("C", "D"):
        line.put(item, urgent=True)
    assert _take_all(line, 4) == ["C", "D", "a", "b"]


def test_urgent_work_that_keeps_coming_lets_the_background_through() -> None:
    """Of nine in a row one is of the background, however long the rest of the line is."""
    line: Line[str] = Line()
    for number in range(3):
        line.put(f"b{number}")
    for _ in range(100):
        line.put("u", urgent=True)
    taken = _take_all(line, 103)
    assert [place for place, item in enumerate(taken) if item.startswith("b")] == [8, 17, 26]


def test_several_threads_take_each_item_once() -> None:
    """Readers that share a line share its work."""
    line: Line[int] = Line()
    taken: list[int] = []

    def work() -> None:
        while (item := line.take()) >= 0:
            taken.append(item)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1000):
        line.put(number, urgent=number % 3 == 0)
    for _ in threads:
        line.put(-1)
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1000))
