"""A newsroom for Wagtail: stories, a public catalogue, an API and embeds.

The catalogue is exact: it holds what is public now and nothing else. Other sites embed lists from it.
"""

__version__ = "0.1.0"
