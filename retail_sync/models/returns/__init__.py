"""Returns on their way to a platform."""

from . import entity
