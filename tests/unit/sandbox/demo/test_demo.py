"""The demo's own decisions: how it starts, what it reports, which endings it accepts."""

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


def test_the_demo_without_its_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It exits with 2 and names a command, but no package, whose name could be registered by others."""
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
def test_an_impossible_port_is_refused_with_a_sentence(
    arguments: list[str], port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It exits with 2 and names the range, before anything is started."""
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
def test_a_delivered_card_of_the_demo_shows_its_kind_of_file(
    seen: SeenMessage, is_good: bool
) -> None:
    """Its title alone is not accepted."""
    assert (shows_one("video/")(seen) is None) is is_good


@pytest.mark.parametrize(
    ("seen", "is_good"),
    [
        (card("Done", ("video/mp4", 10_485_760)), True),
        (card("Done", ("video/mp4", 10_485_761)), False),
        (card("Ready", button="Download"), True),
        (card("Ready"), False),
        (card("Failed", button="Try again"), False),
    ],
)
def test_a_big_result_is_made_to_fit_or_linked(seen: SeenMessage, is_good: bool) -> None:
    """A file above the limit, and a link without a button, are not accepted."""
    assert (is_link_or_small_file(seen) is None) is is_good


def test_a_cancelled_card_of_the_demo_says_so() -> None:
    """No other ending counts as cancelled."""
    assert is_cancelled(card("Cancelled")) is None
    assert is_cancelled(card("Done", ("video/mp4", 5))) is not None


def test_a_card_summary_is_one_line() -> None:
    """It has the title, the progress and the files of a card."""
    running = card("Generating", text="The model is working on it.\n40 % done")
    assert card_summary(running) == "Generating  40 %"
    assert card_summary(card("Done", ("video/mp4", 5))) == "Done  f (5 bytes)"
