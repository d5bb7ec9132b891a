"""A newsroom for Wagtail: stories, an exact public catalogue, an API, and lists that other sites embed."""

__version__ = "0.1.0"
