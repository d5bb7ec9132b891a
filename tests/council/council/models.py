from wagtail.fields import StreamField
from wagtail.models import Page

from wagtail_cpsnews.embed.block import NewsListBlock


class CouncilPage(Page):
    body = StreamField(
        [
            (
                "news",
                NewsListBlock(
                    publishers=["https://publisher.example/newsroom", "https://other.example/press/"]
                ),
            ),
            ("any", NewsListBlock()),
        ]
    )
