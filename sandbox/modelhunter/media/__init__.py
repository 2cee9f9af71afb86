"""Media of the sandbox API: pictures, videos and sounds that real players open."""

from sandbox.modelhunter.media.media_cache import MediaCache
from sandbox.modelhunter.media.padding import Padded
from sandbox.modelhunter.media.render_request import CONTENT_TYPES, RenderRequest, render_request

__all__ = ["CONTENT_TYPES", "MediaCache", "Padded", "RenderRequest", "render_request"]
