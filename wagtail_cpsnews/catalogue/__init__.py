"""The catalogue: what is public, one flat row for each story.

Every list that readers see comes from here.

The public names, for hosts::

    from wagtail_cpsnews import catalogue
    from wagtail_cpsnews.catalogue import Adapter, PublicFacts

    @catalogue.register(NewsPage)
    class NewsFacts(Adapter):
        def facts(self, page):
            return PublicFacts(title=page.title, summary=page.teaser, published=page.date)
"""

from .adapters import Adapter, adapter_for, register
from .facts import PublicFacts

__all__ = ["Adapter", "PublicFacts", "adapter_for", "register"]
