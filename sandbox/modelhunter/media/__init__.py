"""Pictures, videos and sounds that real players open."""

from sandbox.modelhunter.media.media_cache import Studio
from sandbox.modelhunter.media.padding import Padded
from sandbox.modelhunter.media.render_request import CONTENT_TYPES, MediaOrder, media_order

__all__ = ["CONTENT_TYPES", "MediaOrder", "Padded", "Studio", "media_order"]
