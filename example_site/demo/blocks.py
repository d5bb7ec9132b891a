"""Blocks that the importer's HTML has no words for.

They are added to a few of the invented stories.
"""

from typing import Any

from wagtail.rich_text import RichText

from wagtail_cpsnews.contacts.models import PressContact
from wagtail_cpsnews.pages.models import NewsItemPage

FIGURES = "Hate crime by type: figures for July to September 2024"
SENTENCE = "Lorry driver jailed after two die in queue on the A34 near Winchester"
WELSH = "Carcharu pump dyn am gyflenwi cocên ar hyd arfordir Gŵyr"


def add_blocks() -> None:
    """Add blocks to a page of figures, a report and a Welsh story.

    Those that suit each: a sentence is reported.
    """
    hate_crime = [
        _page("The small box on the file: what a hate crime marker does"),
        _page("Stoke man who threw eggs at Sikh taxi drivers sentenced"),
    ]
    _add(
        FIGURES,
        (
            "statistic",
            {
                "value": "83.9%",
                "counts": "of prosecutions for hate crime ended in a conviction",
                "period": "July to September 2024",
                "change": "up from 83.5% in the same quarter of 2023",
                "source": "Quarterly figures (invented for this example)",
                "url": "https://example.org/figures/2024-q2",
            },
        ),
        ("contact", PressContact.objects.get(name="Figures and statistics")),
        ("related_stories", {"heading": "Behind the figures", "stories": hate_crime}),
    )
    _add(
        SENTENCE,
        (
            "key_facts",
            {
                "title": "The case at a glance",
                "facts": [
                    {"term": "Court", "text": "Winchester Crown Court"},
                    {"term": "Offence", "text": "Causing death by dangerous driving"},
                ],
            },
        ),
        (
            "callout",
            {
                "kind": "important",
                "title": "If you have lost somebody on the road",
                "text": RichText(
                    "<p>You can speak to a family liaison service free of charge on 01632 960 144, every day from "
                    "eight until eight.</p>"
                ),
            },
        ),
        (
            "live_list",
            {"heading": "More from Wessex", "area": ["wessex"], "q": "", "page_size": 3},
        ),
    )
    _add(WELSH, ("live_list", {"heading": "", "area": ["cymru-wales"], "q": "", "page_size": 3}))


def _page(title: str) -> int:
    return NewsItemPage.objects.get(title=title).pk


def _add(title: str, *blocks: Any) -> None:
    page = NewsItemPage.objects.get(title=title)
    page.body.extend(blocks)
    page.save_revision().publish()
