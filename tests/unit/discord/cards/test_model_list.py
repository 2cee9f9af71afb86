"""Model lists fit into Discord's components, the models of a kind together."""

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.list_layout import LONGEST_ROW
from bot.discord.cards.list_place import ListPlace
from bot.discord.cards.model_list import ModelLine, model_list
from db.records import JobKind
from tests.unit.discord.cards.drawn_lists import check_limits, texts
from tests.unit.discord.cards.jobs import ENGLISH

ANY_MODEL = st.builds(
    ModelLine,
    kind=st.sampled_from(JobKind),
    name=st.text(),
    label=st.text(),
    price=st.text(),
    takes=st.text(),
    options=st.lists(st.text(max_size=90), max_size=40).map(tuple),
)


@given(
    st.lists(ANY_MODEL, max_size=100),
    st.none() | st.sampled_from(JobKind),
    st.integers(min_value=0, max_value=20),
)
def test_the_model_list_fits(models: list[ModelLine], kind: JobKind | None, page: int) -> None:
    """Any page of any catalogue is within Discord's limits."""
    check_limits(model_list(models, ENGLISH, ListPlace(page=page, kind=kind)))


@given(st.integers(min_value=0, max_value=60))
def test_every_model_is_on_a_page(count: int) -> None:
    """No model is left out, and none is on two pages."""
    models = [
        ModelLine(kind=kind, name=f"{kind}-{n}", label=f"{kind}-{n}", price="$1")
        for kind in (JobKind.SPEECH, JobKind.VIDEO)
        for n in range(count)
    ]
    pages = [texts(model_list(models, ENGLISH, ListPlace(page=page))) for page in range(12)]
    shown = [row.split("**")[1] for page in _different(pages) for row in page[1:]]
    assert shown == [
        f"{kind}-{n}".replace("_", "") for kind in ("video", "speech") for n in range(count)
    ]


def test_a_list_of_one_kind_says_what_each_model_takes() -> None:
    """The default is marked, and with a kind each model has its name and its options."""
    models = [
        ModelLine(
            kind=JobKind.VIDEO,
            name="kling-v3",
            label="Kling V3",
            price="$0.08 a second",
            takes="3 s",
            options=("duration", "mode"),
            is_default=True,
        ),
        ModelLine(kind=JobKind.IMAGE, name="x", label="X", price="$1"),
    ]
    (_, video) = texts(model_list(models, ENGLISH, ListPlace(kind=JobKind.VIDEO)))
    assert video == "★ **Kling V3** · $0.08 a second\n-# 3 s\n-# `kling-v3` `duration` `mode`"
    _, *every = texts(model_list(models, ENGLISH))
    assert every == ["★ **Kling V3** · $0.08 a second\n-# Video · 3 s", "**X** · $1\n-# Image"]


def test_options_without_room_are_left_out_whole() -> None:
    """A row is never cut within a name."""
    model = ModelLine(kind=JobKind.VIDEO, name="n", label="L", price="$1", options=("o" * 50,) * 20)
    (_, row) = texts(model_list([model], ENGLISH, ListPlace(kind=JobKind.VIDEO)))
    assert row.endswith("` …")
    assert len(row) <= LONGEST_ROW


def _different(pages: list[list[str]]) -> list[list[str]]:
    """Return the pages up to the last: a page after that shows the last again."""
    return [page for number, page in enumerate(pages) if page not in pages[:number]]
