"""Pictures, videos and sounds that real players open."""

from sandbox.modelhunter.media.order import CONTENT_TYPES, MediaOrder, media_order
from sandbox.modelhunter.media.padding import Padded
from sandbox.modelhunter.media.studio import Studio

__all__ = ["CONTENT_TYPES", "MediaOrder", "Padded", "Studio", "media_order"]
