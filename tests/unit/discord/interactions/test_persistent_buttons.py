"""Buttons hold what to do and a job's id, and nothing else of theirs is believed."""

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.discord.cards.job_list import JobPage, job_list
from bot.discord.cards.list_place import ListPlace
from bot.discord.cards.views import price_question_view, to_view
from bot.discord.interactions.persistent_buttons import PersistentButton
from bot.discord.interactions.persistent_menus import PersistentMenu
from db.records import JobState
from tests.unit.discord.cards import drawn_lists
from tests.unit.discord.cards.jobs import ENGLISH, make_job

TEMPLATE = PersistentButton.__discord_ui_compiled_template__
MENU_TEMPLATE = PersistentMenu.__discord_ui_compiled_template__
IDS = st.integers(min_value=0, max_value=2**63 - 1)


def custom_ids(view: discord.ui.View) -> list[str]:
    """Return the custom_ids of the buttons."""
    return [
        item.custom_id
        for item in view.children
        if isinstance(item, discord.ui.Button) and item.custom_id
    ]


@given(st.sampled_from(ButtonAction), IDS)
def test_a_button_id_is_read_as_it_was_written(action: ButtonAction, job_id: int) -> None:
    """What a card's button says is what is read when it is pressed, after any restart."""
    button = CardButton(
        action=action, label="x", style=discord.ButtonStyle.secondary, job_id=job_id
    )
    (custom_id,) = custom_ids(to_view([button]))
    match = TEMPLATE.fullmatch(custom_id)
    assert match is not None
    assert (ButtonAction(match["action"]), int(match["about"])) == (action, job_id)
    assert len(custom_id) <= 100


@given(IDS)
def test_the_buttons_of_a_price_question(draft_id: int) -> None:
    """The question about a price has two buttons, which name its draft."""
    found = [
        TEMPLATE.fullmatch(each) for each in custom_ids(price_question_view(draft_id, ENGLISH))
    ]
    assert [(each["action"], int(each["about"])) for each in found if each] == [
        ("generate", draft_id),
        ("no_thanks", draft_id),
    ]


@given(st.integers(min_value=0, max_value=10**5), st.integers(min_value=0, max_value=10))
def test_the_buttons_of_the_job_list(page: int, count: int) -> None:
    """Each button and menu of the list has an id of its own, which is read as it was written."""
    jobs = [make_job(id=number + 1, state=JobState.LINKED) for number in range(count)]
    place = ListPlace(page=page)
    drawn = job_list(JobPage(jobs=jobs, total=10**6, place=place), {}, ENGLISH)
    found = drawn_lists.custom_ids(drawn)
    assert len(set(found)) == len(found)
    menus = [it for it in found if MENU_TEMPLATE.fullmatch(it)]
    buttons = [match for it in found if (match := TEMPLATE.fullmatch(it))]
    assert len(menus) + len(buttons) == len(found)
    turned = [int(it["about"]) for it in buttons if it["action"] == "jobs_page"]
    assert {ListPlace.of(number).page for number in turned} <= {page - 1, page + 1}


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "cancel",
        "cancel:",
        "cancel:-1",
        "cancel:1 or 1=1",
        "cancel:1:2",
        "cancel:1\n",
        "cancel:１",  # noqa: RUF001, a digit, but not one of ours
        "cancel:0x1",
        "cancel:" + "1" * 21,
        "Cancel:1",
        "delete:1",
        " cancel:1",
        "try_again:generate:1",
    ],
)
def test_forged_button_ids_are_ignored(forged: str) -> None:
    """Nothing but a word of ours and a plain number is taken for a button."""
    assert TEMPLATE.fullmatch(forged) is None


@given(st.text(max_size=40) | st.from_regex(TEMPLATE, fullmatch=True))
def test_only_our_own_text_is_a_button_id(text: str) -> None:
    """Only what we would have written ourselves is taken for a button."""
    match = TEMPLATE.fullmatch(text)
    if match is not None:
        assert text == f"{ButtonAction(match['action'])}:{match['about']}"


async def test_a_pressed_button_is_made_by_discord_py() -> None:
    """discord.py makes our button of the one that was pressed."""
    pressed: discord.ui.Button[discord.ui.View] = discord.ui.Button(custom_id="try_again:77")
    match = TEMPLATE.fullmatch("try_again:77")
    assert match is not None
    client = discord.Client(intents=discord.Intents.none())
    made = await PersistentButton.from_custom_id(client, pressed, match)  # type: ignore[arg-type]
    assert (made.custom_id, made.item) == ("try_again:77", pressed)
    with pytest.raises(TypeError):
        await PersistentButton.from_custom_id(client, discord.ui.Select(), match)  # type: ignore[arg-type]


async def test_no_sent_view_is_kept() -> None:
    """A view that was sent is finished, so that no list of them grows."""
    assert to_view([]).is_finished()
    assert price_question_view(1, ENGLISH).is_finished()
    assert to_view([]).timeout is None
