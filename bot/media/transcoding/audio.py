"""Transcode a sound: MP3, which every player of Discord's knows."""

from pathlib import Path

import av
from av.audio.stream import AudioStream

from bot.media.errors import CannotTranscode
from bot.media.transcoding.plan import SoundFacts, SoundPlan, plan_sound
from bot.media.transcoding.source import SAME_LENGTH, Source, measure, open_source


def fit_sound(path: Path, media_type: str, target: Path, limit: int) -> None:
    """Write the sound at *path* to *target*, in less than *limit* bytes.

    Raises:
        CannotTranscode: It is damaged, or too long for that.
        av.FFmpegError: It is broken.
    """
    with open_source(path, media_type) as source:
        sound = _sound_of(source)
        facts = SoundFacts(
            duration=measure(source, media_type).duration,
            channels=sound.channels,
            sample_rate=sound.sample_rate,
        )
    plan = plan_sound(facts, limit)
    with open_source(path, media_type) as source:
        seconds = _encode(source, plan, target)
    if abs(seconds - facts.duration) > SAME_LENGTH:
        raise CannotTranscode(
            f"it is damaged: {seconds:.1f} of {facts.duration:.1f} s can be decoded"
        )
    if target.stat().st_size >= limit:
        raise CannotTranscode("it stays too large")


def _sound_of(source: Source) -> AudioStream:
    if source.sound is None:
        raise CannotTranscode("it has no sound")
    return source.sound


def _encode(source: Source, plan: SoundPlan, target: Path) -> float:
    """Write the file and return the seconds that could be decoded."""
    sound, seconds = _sound_of(source), 0.0
    with av.open(str(target.absolute()), "w", format="mp3") as container:
        stream = container.add_stream(
            "mp3", rate=plan.sample_rate, layout="stereo" if plan.channels == 2 else "mono"
        )
        stream.bit_rate = plan.bit_rate
        for frame in source.container.decode(sound):
            seconds += frame.samples / frame.sample_rate
            frame.pts = None  # one sample follows the other, whatever the file's clock says
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return seconds
