"""Model lists fit into Discord's embeds, grouped by kind."""

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.model_list import ModelLine, model_list
from bot.locales.list_texts import MODELS_MORE
from db.records import JobKind
from tests.unit.discord.cards.jobs import ENGLISH

ANY_MODEL = st.builds(
    ModelLine,
    kind=st.sampled_from(JobKind),
    name=st.text(),
    label=st.text().map(lambda it: it.replace("*", "")),
    price=st.text().map(lambda it: it.replace("*", "")),
)


@given(st.lists(ANY_MODEL, max_size=100))
def test_the_model_list_fits(models: list[ModelLine]) -> None:
    """Any catalogue is within Discord's limits, and what is left out is counted."""
    embed = model_list(models, ENGLISH)
    shown = sum((field.value or "").count("**") // 2 for field in embed.fields)

    assert len(embed) <= 6000
    assert len(embed.fields) <= 25
    assert all(0 < len(field.value or "") <= 1024 for field in embed.fields)
    assert (embed.footer.text is None) is (shown == len(models))
    if embed.footer.text:
        assert embed.footer.text == MODELS_MORE.english.format(count=len(models) - shown)


def test_models_are_grouped_by_kind() -> None:
    """A kind has one heading, also where its models need more than one field."""
    models = [
        ModelLine(kind=kind, name=f"model-{n}", label=f"Model {n}", price="$0.04")
        for kind in (JobKind.SPEECH, JobKind.VIDEO)
        for n in range(60)
    ]
    names = [field.name for field in model_list(models, ENGLISH).fields]

    assert names == ["Video", "\u200b", "Speech", "\u200b"]
    assert (model_list(models, ENGLISH).fields[0].value or "").startswith("**Model 0** · $0.04\n")


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
    (video,) = model_list(models, ENGLISH, JobKind.VIDEO).fields
    assert video.value == ("★ **Kling V3** · $0.08 a second\n3 s\n`kling-v3` `duration` `mode`")
    every = model_list(models, ENGLISH)
    assert [field.value for field in every.fields] == [
        "★ **Kling V3** · $0.08 a second\n3 s",
        "**X** · $1",
    ]
