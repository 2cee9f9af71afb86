"""Gesture stage: a place with a card of each kind, and how users make their gestures there."""

import asyncio
import contextlib
import sqlite3

from simcord.enums import ChannelType

from bot.locales.answer_texts import CANCEL_TAKEN
from bot.locales.button_texts import BUTTON_DELETE_NOW
from bot.locales.translate import Text
from db.records import JobState
from sandbox.discord import Answer, Invocation, Person, SeenMessage
from sandbox.modelhunter import Script, Step
from sandbox.modelhunter.records import NewTask
from tests.end_to_end.checks import says
from tests.end_to_end.gesture_table import (
    GESTURES,
    Create,
    Expected,
    Gesture,
    Menu,
    Outcome,
    Place,
    Press,
    Presser,
    React,
    Subject,
)
from tests.end_to_end.world import CANCEL, World

LIMITS = {"MAX_RUNNING_PER_USER": "500", "DAILY_BUDGET_USD": "900", "CONFIRM_ABOVE_USD": "100"}
CHANGED_PROMPT = "a heron as it was changed"
# Gestures at the same time; each waits more than it works.
_AT_ONCE = 6
_ENDS = (Subject.FINISHED, Subject.DELETABLE)
_FAILS = (Subject.FAILED, Subject.FAILED_AGAIN)


def script_of(request: NewTask) -> Script:
    """Return the script of a task, by its prompt; what comes of gestures goes on for ever."""
    if request.text in _ENDS:
        return Script.quick(0)
    if request.text in _FAILS:
        return Script.failing("no")
    return Script(steps=(Step(0, "running", 50),))


class GestureStage:
    """A place, the requester's cards there, and a stranger."""

    def __init__(self, world: World, place: Place) -> None:
        self._world = world
        self._place = place
        self._lane = asyncio.Semaphore(_AT_ONCE)
        self._robin = world.robin
        self._sam = Person.join(world.discord, "Sam")
        self._channel = self._new_channel()
        self._cards: dict[Subject, SeenMessage] = {}
        self._bait: SeenMessage | None = None
        self._made: list[int] = []
        world.api.scripts.choose = script_of

    async def set_up(self, *subjects: Subject) -> None:
        """Have the requester ask for *subjects*, and wait until each is what its name says."""
        self._bait = _shown(await (await self._begin(self._sam, "jobs", {})).answer())
        cards = await asyncio.gather(*(self._ask(subject) for subject in subjects))
        self._cards.update(zip(subjects, cards, strict=True))

    async def carry_out(self) -> list[str]:
        """Have strangers and forgers make every gesture, then the requester; return what went wrong."""
        wrong: list[str] = []
        for pressers in ((Presser.STRANGER, Presser.FORGER), (Presser.REQUESTER,)):
            rows = [
                self._check(gesture, presser)
                for gesture in GESTURES
                for presser in pressers
                if self._place in gesture.places
            ]
            wrong += [said for said in await asyncio.gather(*rows) if said]
            wrong += await self._check_running(pressers)
        return wrong

    async def open_forms(self) -> list[tuple[Gesture, Answer]]:
        """Have the requester open every form that needs no file, and leave them open."""
        return [
            (it, await (await self._begin_gesture(it, Presser.REQUESTER)).answer())
            for it in GESTURES
            if isinstance(it.act, Create) or it.subject is Subject.FAILED
        ]

    async def send_forms(self, opened: list[tuple[Gesture, Answer]]) -> list[str]:
        """Send forms that were left open; return what went wrong."""
        return [
            said
            for gesture, form in opened
            if (said := await self._wrong(gesture, Presser.REQUESTER, form, Outcome.CARD))
        ]

    async def jobs_are_sent(self) -> None:
        """Wait until each job that was made is a task, and check that there is no other task."""
        await self._world.until(
            lambda: len(self._world.api.tasks) >= len(self._made),
            f"{len(self._made)} tasks",
        )
        assert len(self._world.api.tasks) == len(self._made)
        assert sorted(self._made) == [job for job, _ in self._saved()]

    def _new_channel(self) -> int:
        discord, model = self._world.discord, self._world.discord.model
        match self._place:
            case Place.CHANNEL:
                return discord.channel
            case Place.THREAD:
                return int(model.create_thread(discord.channel, "herons", self._robin.id).id)
            case Place.FORUM_POST:
                forum = model.create_channel(discord.guild, "forum", type=ChannelType.FORUM)
                return int(model.create_thread(forum.id, "herons", self._robin.id).id)
            case Place.DIRECT:
                return self._robin.dm_channel
            case Place.ELSEWHERE:
                guild = discord.create_guild("elsewhere", with_bot=False)
                for person in (self._robin, self._sam):
                    model.add_member(guild, person.id)
                return discord.create_channel("herons", guild=guild)

    async def _ask(self, subject: Subject) -> SeenMessage:
        kind = "video" if subject in (Subject.RUNNING, Subject.PRIVATE_RUNNING) else "image"
        private = subject is Subject.PRIVATE_RUNNING
        begun = await self._begin(
            self._robin, kind, {"prompt": str(subject), **({"private": True} if private else {})}
        )
        card = _shown(await begun.answer())
        self._made.append(begun.id)
        if subject in _ENDS:
            return await self._world.until_done(card)
        if subject in _FAILS:
            return await self._world.until_tidy(
                await self._world.until_state(card, JobState.FAILED)
            )
        return await self._world.discord.until_message(
            card.id, lambda it: CANCEL in it.reactions or bool(it.buttons)
        )

    async def _begin(
        self, person: Person, command: str, options: dict[str, str | bool]
    ) -> Invocation:
        channel = self._channel_of(person)
        is_elsewhere = self._place is Place.ELSEWHERE
        return await person.begin(channel, command, options, is_user_install=is_elsewhere)

    def _channel_of(self, person: Person) -> int:
        """Return where *person* uses commands; only the requester sees the direct messages."""
        is_other = self._place is Place.DIRECT and person is not self._robin
        return person.dm_channel if is_other else self._channel

    async def _check(self, gesture: Gesture, presser: Presser) -> str | None:
        """Make the gesture; return what came of it if that was not expected."""
        expected = gesture.expected(presser, self._place)
        if expected is Outcome.IMPOSSIBLE:
            return None
        async with self._lane:
            try:
                if isinstance(gesture.act, React):
                    await self._react(gesture, presser)
                    return None
                answer = await (await self._begin_gesture(gesture, presser)).answer()
                return await self._wrong(gesture, presser, answer, expected)
            except (AssertionError, TimeoutError, LookupError) as error:
                return f"{gesture}, {presser.name}: {error!r}"

    async def _wrong(
        self, gesture: Gesture, presser: Presser, answer: Answer, expected: Expected
    ) -> str | None:
        found = await self._outcome(gesture, presser, answer, expected)
        if found is None:
            return None
        wanted = expected.english if isinstance(expected, Text) else expected.value
        return f"{gesture}, {presser.name}: {found} instead of {wanted!r}"

    async def _outcome(
        self, gesture: Gesture, presser: Presser, answer: Answer, expected: Expected
    ) -> str | None:
        """Follow the answer as far as it goes; return what it is, None if that was expected."""
        person = self._robin if presser is Presser.REQUESTER else self._sam
        match expected:
            case Outcome.FORM:
                is_so = answer.kind == "modal"
            case Outcome.CARD | Outcome.PRIVATE_CARD:
                return await self._card_of(gesture, person, answer, expected)
            case Outcome.LINK:
                link = await self._settled(answer)
                is_so = link.is_ephemeral and "http" in link.words
            case Outcome.DELETED:
                is_so = await self._is_deleted(gesture, person, answer)
            case Outcome.CANCELLED:
                is_so = says(_shown(answer).content, CANCEL_TAKEN)
                await self._world.until_state(self._cards[gesture.subject], JobState.CANCELLED)
            case Text():
                is_so = _says_privately(await self._settled(answer), expected)
            case _:
                is_so = False
        return None if is_so else _described(answer)

    async def _card_of(
        self, gesture: Gesture, person: Person, answer: Answer, expected: Outcome
    ) -> str | None:
        """Send the form if the answer is one; return what it is if not a card of the person's own."""
        if answer.kind == "modal":
            prompt = gesture.act.prompt if isinstance(gesture.act, Create) else CHANGED_PROMPT
            answer = await person.begin_submit(answer, {"prompt": prompt}).answer()
        card = await self._settled(answer)
        self._made.append(answer.interaction_id)
        is_own = (answer.interaction_id, person.id) in self._saved()
        is_private = expected is Outcome.PRIVATE_CARD
        if not card.embeds or not is_own or card.is_ephemeral is not is_private:
            return f"{card.content!r} (private: {card.is_ephemeral}, own: {is_own})"
        return None

    async def _is_deleted(self, gesture: Gesture, person: Person, answer: Answer) -> bool:
        card = self._cards[gesture.subject]
        labels = [it.label for it in _shown(answer).buttons]
        if BUTTON_DELETE_NOW.english not in labels:
            return False
        await person.click(_shown(answer), BUTTON_DELETE_NOW.english)
        await self._world.until(
            lambda: self._world.discord.find(card.id) is None, "the card to be gone"
        )
        return True

    async def _settled(self, answer: Answer) -> SeenMessage:
        """Return the answer once it is more than that the bot is thinking."""
        return await self._world.discord.until_message(
            _shown(answer).id, lambda it: not it.is_loading
        )

    async def _begin_gesture(self, gesture: Gesture, presser: Presser) -> Invocation:
        person = self._robin if presser is Presser.REQUESTER else self._sam
        is_forged = presser is Presser.FORGER
        is_elsewhere = self._place is Place.ELSEWHERE
        match gesture.act:
            case Press(button, action):
                card = self._cards[gesture.subject]
                if is_forged:
                    return self._forge_press(f"{action}:{card.interaction_id}")
                return person.begin_click(card, button.english)
            case Menu(name):
                message = self._reply() if is_forged else self._cards[gesture.subject]
                return await person.begin_menu(message, name.english, is_user_install=is_elsewhere)
            case Create(kind, purpose, prompt):
                begun = await self._begin(person, "create", {"kind": kind})
                if not is_forged:
                    return begun
                return self._forge_form(await begun.answer(), purpose, prompt)
            case React():
                raise TypeError("a reaction has no answer")

    def _forge_press(self, custom_id: str) -> Invocation:
        """Press a button with that custom_id on a message of the stranger's own."""
        assert self._bait is not None
        stored = self._world.discord.stored(self._bait.id)
        assert stored is not None
        genuine = stored.components
        forged = {"type": 2, "style": 2, "label": "x", "custom_id": custom_id}
        stored.components = [{"type": 1, "components": [forged]}]
        pressed = self._sam.begin_click(self._bait, custom_id)
        stored.components = genuine
        return pressed

    def _forge_form(self, opened: Answer, purpose: str, prompt: str) -> Invocation:
        """Send an open form as if it was one about the requester's job."""
        subject = Subject.FAILED if purpose == "retry" else Subject.FINISHED
        modal = self._world.discord.model.interactions[opened.interaction_id].modal
        assert modal is not None
        modal["custom_id"] = f"form_{purpose}:{self._cards[subject].interaction_id}"
        return self._sam.begin_submit(opened, {"prompt": prompt})

    def _reply(self) -> int:
        """Return a message of the stranger's that shows nothing, and replies to the card if it can."""
        card, channel = self._cards[Subject.FINISHED], self._channel_of(self._sam)
        reference = {"message_id": str(card.id), "channel_id": str(self._channel)}
        said = self._world.discord.model.create_message(
            channel,
            self._sam.id,
            "nice",
            reference=reference if channel == self._channel else None,
        )
        return int(said.id)

    async def _react(self, gesture: Gesture, presser: Presser) -> None:
        card = self._cards[gesture.subject]
        if presser is Presser.REQUESTER:
            await self._robin.react(card, CANCEL)
            await self._world.until_state(card, JobState.CANCELLED)
        elif presser is Presser.STRANGER:
            await self._sam.react(card, CANCEL)
        else:
            await self._sam.react(self._reply(), CANCEL)

    async def _check_running(self, pressers: tuple[Presser, ...]) -> list[str]:
        """Return which running jobs were cancelled by others than their requester."""
        if Presser.REQUESTER in pressers:
            return []
        running = (Subject.RUNNING, Subject.PRIVATE_RUNNING)
        cancelled = [it for it, state in self._states().items() if state != "following"]
        return [
            f"{it.name}: cancelled by another"
            for it in running
            if self._cards[it].interaction_id in cancelled
        ]

    def _states(self) -> dict[int, str]:
        return dict(self._rows("select id, state from jobs"))

    def _saved(self) -> list[tuple[int, int]]:
        """Return each job in the database with its user."""
        return [(int(job), int(user)) for job, user in self._rows("select id, user_id from jobs")]

    def _rows(self, statement: str) -> list[tuple[int, str]]:
        path = self._world.database_path
        with contextlib.closing(sqlite3.connect(path)) as database:
            return list(database.execute(f"{statement} order by id"))


def _says_privately(message: SeenMessage, sentence: Text) -> bool:
    """Whether the message is that sentence, perhaps with the prompt given back, to one user."""
    first = message.content.splitlines()[0] if message.content else ""
    return message.is_ephemeral and says(first, sentence)


def _shown(answer: Answer) -> SeenMessage:
    assert answer.message is not None, answer.kind
    return answer.message


def _described(answer: Answer) -> str:
    said = answer.message.content if answer.message is not None else ""
    return f"{answer.kind} {said!r}"
