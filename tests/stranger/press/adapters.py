from wagtail_cpsnews.catalogue import Adapter, PublicFacts, register

from .models import NewsPage


@register(NewsPage)
class NewsFacts(Adapter):
    def facts(self, page):
        topics = [page.category] if page.category else []
        return PublicFacts(
            title=page.title, summary=page.teaser, published=page.date, topics=topics, areas=page.wards.all(), body=page.body, image=page.hero
        )
