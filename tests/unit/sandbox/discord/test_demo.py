"""The demo's own decisions: how it starts, what it says, how it judges."""

import importlib.util
from typing import Any

import pytest

from bot.__main__ import main
from sandbox.demo.endings import is_cancelled, is_link_or_small_file, shows_one
from sandbox.demo.terminal_report import card_summary
from sandbox.discord import SeenMessage


def card(
    title: str, *files: tuple[str, int], button: str | None = None, text: str = ""
) -> SeenMessage:
    """Make a card with that title and those files: content type and size."""
    components: list[dict[str, Any]] = []
    if button:
        components = [{"type": 1, "components": [{"type": 2, "label": button, "custom_id": "b"}]}]
    return SeenMessage(
        {
            "content": "",
            "embeds": [{"title": title, "description": text}],
            "attachments": [
                {"filename": "f", "content_type": content_type, "size": size}
                for content_type, size in files
            ],
            "components": components,
        }
    )


def test_without_the_extra_the_demo_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and the command, which names no package that anybody could register."""
    found = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> object:
        return None if name == "simcord" else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    assert main(["demo", "--once", "x"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("The demo needs simcord: ")
    assert "`make demo`" in said
    assert "pip install" not in said


@pytest.mark.parametrize("arguments", [["demo", "--port"], ["sandbox", "--port"]])
@pytest.mark.parametrize("port", ["70000", "-1", "http", "1" * 5000])
def test_what_is_no_port_is_refused_in_words(
    arguments: list[str], port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and the range, before anything is started."""
    with pytest.raises(SystemExit) as ended:
        main([*arguments, port])
    assert ended.value.code == 2
    assert "65535" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seen", "is_good"),
    [
        (card("Done", ("video/mp4", 5)), True),
        (card("Done", ("image/png", 5)), False),
        (card("Done"), False),
        (card("Failed", ("video/mp4", 5)), False),
    ],
)
def test_a_delivered_card_shows_its_kind_of_file(seen: SeenMessage, is_good: bool) -> None:
    """Its title alone is not enough."""
    assert (shows_one("video/")(seen) is None) is is_good


@pytest.mark.parametrize(
    ("seen", "is_good"),
    [
        (card("Done", ("video/mp4", 10_485_760)), True),
        (card("Done", ("video/mp4", 10_485_761)), False),
        (card("Ready", button="Fresh link"), True),
        (card("Ready"), False),
        (card("Failed", button="Try again"), False),
    ],
)
def test_a_big_result_is_made_to_fit_or_linked(seen: SeenMessage, is_good: bool) -> None:
    """A link needs its button."""
    assert (is_link_or_small_file(seen) is None) is is_good


def test_a_cancelled_card_says_so() -> None:
    """Nothing else counts as cancelled."""
    assert is_cancelled(card("Cancelled")) is None
    assert is_cancelled(card("Done", ("video/mp4", 5))) is not None


def test_a_card_is_told_in_one_line() -> None:
    """Its title, its progress, its files."""
    running = card("Generating", text="The model is working on it.\n40 % done")
    assert card_summary(running) == "Generating  40 %"
    assert card_summary(card("Done", ("video/mp4", 5))) == "Done  f (5 bytes)"
