"""The stream field of stories; migrations know it by this address."""

from ..fields import StoryStreamField

__all__ = ["StoryStreamField"]
