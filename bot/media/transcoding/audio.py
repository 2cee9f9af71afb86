"""Audio: transcode to MP3, which Discord's player plays on every platform."""

from pathlib import Path

import av
from av.audio.stream import AudioStream

from bot.media.errors import CannotTranscode
from bot.media.transcoding.plan import AudioFacts, AudioPlan, plan_audio
from bot.media.transcoding.source import SAME_LENGTH, Source, measure, open_source


def fit_audio(path: Path, media_type: str, target: Path, limit: int) -> None:
    """Write the audio file at *path* to *target*, in less than *limit* bytes.

    Raises:
        CannotTranscode: It is damaged, or too long for that.
        av.FFmpegError: It is broken.
    """
    with open_source(path, media_type) as source:
        audio = _audio_of(source)
        facts = AudioFacts(
            duration=measure(source, media_type).duration,
            channels=audio.channels,
            sample_rate=audio.sample_rate,
        )
    plan = plan_audio(facts, limit)
    with open_source(path, media_type) as source:
        seconds = _encode(source, plan, target)
    if abs(seconds - facts.duration) > SAME_LENGTH:
        raise CannotTranscode(
            f"it is damaged: {seconds:.1f} of {facts.duration:.1f} s can be decoded"
        )
    if target.stat().st_size >= limit:
        raise CannotTranscode("it stays too large")


def _audio_of(source: Source) -> AudioStream:
    if source.audio is None:
        raise CannotTranscode("it has no sound")
    return source.audio


def _encode(source: Source, plan: AudioPlan, target: Path) -> float:
    """Write the file and return the seconds that could be decoded."""
    audio, seconds = _audio_of(source), 0.0
    with av.open(str(target.absolute()), "w", format="mp3") as container:
        stream = container.add_stream(
            "mp3", rate=plan.sample_rate, layout="stereo" if plan.channels == 2 else "mono"
        )
        stream.bit_rate = plan.bit_rate
        for frame in source.container.decode(audio):
            seconds += frame.samples / frame.sample_rate
            frame.pts = None  # samples follow each other without gaps; the file's times don't count
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return seconds
