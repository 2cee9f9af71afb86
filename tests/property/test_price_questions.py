"""Any order of questions, presses, changes of the catalogue and budget, and restarts: a yes is the job."""

import asyncio
import dataclasses
import random
from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import Catalogue, InvalidRequest, Kind, Model, load_catalogue
from bot.jobs.admission.acceptance import Acceptance
from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.intake import JobIntake
from bot.jobs.admission.price_questions import PriceQuestion, PriceQuestions, agreed_quote
from bot.jobs.admission.requests import AdultModes, GenerationRequest, RequestContext
from bot.jobs.errors import NotAgreed, RequestDenied
from bot.jobs.owned_jobs import OwnedJobs
from bot.jobs.recorder import JobRecorder
from bot.monitoring.api_gate import ApiGate
from bot.monitoring.health import Health
from db.errors import NotAccepted
from db.records import CancelControl, CardKind, JobKind, OptionValue, SpendingLimits
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.store import Store
from tests.databases import open_memory_database
from tests.manual_clock import ManualClock
from tests.property.profile import machine_settings

USER = 11
MODELS = ("viduq3-turbo", "kling-v3")
WHICH = st.integers(0, 9)
EVENTS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from([None, *MODELS]), st.sampled_from([None, 3, 8])),
    st.tuples(st.just("yes"), WHICH),
    st.tuples(st.just("yes"), WHICH),
    st.tuples(st.just("no"), WHICH),
    st.tuples(
        st.just("restart"),
        st.sampled_from(["0.5", "1.01", "2"]),
        st.sampled_from(MODELS),
        st.sampled_from([None, None, 8]),
    ),
    st.tuples(st.just("limit"), st.sampled_from(["0.30", "1", "1000"])),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 600.0, 901.0])),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a question says, as its requester reads it."""

    model: str
    options: Mapping[str, OptionValue]
    price_high: Decimal


def _models() -> list[Model]:
    found = [load_catalogue().find(Kind.VIDEO, name) for name in MODELS]
    return [model for model in found if model is not None]


def _changed(model: Model, factor: Decimal, duration: int | None) -> Model:
    """Return a model as a later version of the catalogue may have it: price and default differ."""
    plain = model.capability()
    assert plain is not None
    ends = {"low": plain.cost.low, "high": plain.cost.high}
    prices = {name: None if end is None else end * factor for name, end in ends.items()}
    option = plain.options["duration"]
    if duration is not None:
        option = option.model_copy(update={"default": duration, "always": True})
    changed = plain.model_copy(
        update={
            "cost": plain.cost.model_copy(update=prices),
            "options": {**plain.options, "duration": option},
        }
    )
    return model.model_copy(update={"capabilities": (changed,)})


class Requester:
    """A user, the program as it was last started, and what the user was shown and has agreed to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._clock = ManualClock()
        self._interaction = 1_000
        self._budget = Decimal(1000)
        self._catalogue = Catalogue(_models(), defaults={Kind.VIDEO: MODELS[0]})
        self.shown: dict[int, Shown] = {}  # by draft
        self.agreed: dict[int, Shown] = {}  # by interaction of the press
        self._start()

    def _start(self) -> None:
        limits = SpendingLimits(running_per_user=1000, daily_budget=self._budget)
        owned = OwnedJobs("one")
        jobs = JobRepository(self._store, owner="one", note=owned.note, forget=owned.forget)
        deadline = AnswerDeadline(60.0)
        self._questions = PriceQuestions(
            Drafts(self._store),
            jobs,
            limits=limits,
            confirm_above=Decimal(0),
            clock=self._clock,
            randomness=random.Random(self._interaction),
            deadline=deadline,
        )
        acceptance = Acceptance(
            jobs,
            limits=limits,
            owned=owned,
            deadline=deadline,
        )
        self._intake = JobIntake(
            self._catalogue,
            acceptance,
            JobRecorder(jobs, show=lambda _: None, owned=owned, clock=self._clock),
            ApiGate(Health(), monotonic=self._clock),
            wake=lambda _: None,
            expect_create=lambda: None,
            clock=self._clock,
            randomness=random.Random(1),
        )

    async def take_part(self, event: tuple[object, ...]) -> None:
        """Let one thing happen; what is refused changes nothing."""
        what, *given_with = event
        try:
            await getattr(self, f"_{what}")(*given_with)
        except (NotAccepted, RequestDenied, InvalidRequest):
            return

    async def check(self) -> None:
        """Check each job against what its requester has agreed to."""
        found = await JobRepository(self._store).recent_of_user(USER, 100)
        for job in found:
            agreed = self.agreed[job.id]
            assert (job.model, job.options) == (agreed.model, agreed.options)
            assert job.price_high <= agreed.price_high

    async def _ask(self, model: str | None, duration: int | None) -> None:
        request = GenerationRequest(
            kind=JobKind.VIDEO,
            prompt="a fox",
            model=model,
            options={} if duration is None else {"duration": duration},
            private=False,
        )
        quote = self._intake.quote(request, AdultModes.OFF)
        self._show(await self._questions.ask(quote, self._context(), retry_of=None))

    async def _yes(self, which: int) -> None:
        if not self.shown:
            return
        draft_id = list(self.shown)[which % len(self.shown)]
        context = self._context()
        draft = await self._questions.find(draft_id, USER)
        quote = self._intake.quote(agreed_quote(draft).to_request(), AdultModes.OFF)
        try:
            job = await self._intake.submit_agreed(draft, quote, context)
        except NotAgreed:
            self._show(await self._questions.ask_again(draft, quote, context))
        else:
            assert job.id == context.interaction_id
            self.agreed[job.id] = self.shown[draft_id]

    async def _no(self, which: int) -> None:
        if self.shown:
            draft_id = list(self.shown)[which % len(self.shown)]
            draft = await self._questions.find(draft_id, USER)
            await self._questions.decline(draft, self._context().interaction_id)

    async def _restart(self, factor: str, default: str, duration: int | None) -> None:
        models = [_changed(model, Decimal(factor), duration) for model in _models()]
        self._catalogue = Catalogue(models, defaults={Kind.VIDEO: default})
        self._start()

    async def _limit(self, budget: str) -> None:
        self._budget = Decimal(budget)
        self._start()

    async def _wait(self, seconds: float) -> None:
        self._clock.now += seconds

    def _show(self, question: PriceQuestion) -> None:
        generation = question.quote.generation
        self.shown[question.draft.id] = Shown(
            model=question.quote.model.name,
            options=generation.options,
            price_high=generation.price.high,
        )

    def _context(self) -> RequestContext:
        self._interaction += 1
        return RequestContext(
            interaction_id=self._interaction,
            interaction_token="token",
            application_id=5,
            user_id=USER,
            guild_id=22,
            channel_id=33,
            locale="en-US",
            card_kind=CardKind.CHANNEL,
            cancel_control=CancelControl.BUTTON,
            upload_limit=99,
            adult_modes=AdultModes.OFF,
        )


async def _play(events: list[tuple[object, ...]]) -> int:
    """Let everything happen, and return how many jobs there are."""
    async with open_memory_database() as store:
        requester = Requester(store)
        for event in events:
            await requester.take_part(event)
        await requester.check()
        return len(requester.agreed)


@machine_settings(examples=100, steps=1)
@given(events=st.lists(EVENTS, min_size=6, max_size=16))
def test_a_job_is_what_was_agreed_to(events: list[tuple[object, ...]]) -> None:
    """No job is another request than its question, nor dearer, and each yes makes one at most."""
    asyncio.run(_play(events))


def test_a_yes_makes_a_job_whatever_came_before() -> None:
    """The sequences above do come to jobs: a dearer model is asked about again, and then made."""
    asked, yes = ("ask", None, None), ("yes", 0)
    dearer = ("restart", "2", "kling-v3", 8)
    assert asyncio.run(_play([asked, yes])) == 1
    assert asyncio.run(_play([asked, yes, yes])) == 1
    assert asyncio.run(_play([asked, dearer, yes])) == 0
    assert asyncio.run(_play([asked, dearer, yes, yes])) == 0
    assert asyncio.run(_play([asked, dearer, yes, ("yes", 1)])) == 1
    assert asyncio.run(_play([asked, ("wait", 901.0), yes])) == 0
