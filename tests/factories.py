"""Makes sites and stories as an editor would: through revisions and publishing."""

import io
from datetime import time

import wagtail_factories
from django.core.management import call_command
from wagtail.models import Locale, Page, Site

from demo.models import HomePage
from wagtail_cpsnews.catalogue.invalidation import invalidate_reference
from wagtail_cpsnews.contacts.models import PressContact
from wagtail_cpsnews.pages.models import NewsIndexPage, NewsItemPage, SpeechPage
from wagtail_cpsnews.taxonomy.models import Area, CrimeType, Kind, Topic
from wagtail_cpsnews.taxonomy.outcomes import OutcomeLabel

TERMS = (Kind, CrimeType, Area, Topic, OutcomeLabel)


class HomePageFactory(wagtail_factories.PageFactory):
    class Meta:
        model = HomePage


class NewsIndexPageFactory(wagtail_factories.PageFactory):
    class Meta:
        model = NewsIndexPage


class NewsItemPageFactory(wagtail_factories.PageFactory):
    summary = "What happened, in one sentence."
    live = False

    class Meta:
        model = NewsItemPage


class SpeechPageFactory(NewsItemPageFactory):
    class Meta:
        model = SpeechPage


#: What ``load_newsroom_terms cps`` makes, by the languages of the site: (model, language, fields). It runs once a process.
_terms = {}


def load_terms():
    """Load what ``load_newsroom_terms cps`` loads into an empty newsroom.

    In a tenth of its time.
    """
    locales = {locale.language_code: locale for locale in Locale.objects.order_by("language_code")}
    known = _terms.get(tuple(locales))
    if known is None:
        call_command("load_newsroom_terms", "cps", stdout=io.StringIO())
        _terms[tuple(locales)] = [row for model in TERMS for row in _rows(model)]
        return
    for model in TERMS:
        rows = [(code, fields) for term_model, code, fields in known if term_model is model]
        model.objects.bulk_create([model(locale=locales[code], **fields) for code, fields in rows])
    invalidate_reference()


def _rows(model):
    names = {field.attname for field in model._meta.concrete_fields if not field.primary_key} - {"locale_id"}
    for term in model.objects.select_related("locale"):
        yield model, term.locale.language_code, {name: getattr(term, name) for name in names}


def build_newsroom(port=80):
    """Build a default site at localhost with a home page and ``/news/``.

    Returns the index page.
    """
    for code in ("en", "cy"):
        Locale.objects.get_or_create(language_code=code)
    load_terms()
    root = Page.objects.get(depth=1)
    home = HomePageFactory(parent=root, title="Home", slug="home-page")
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname, site.port, site.root_page = "localhost", port, home
    site.save()
    return NewsIndexPageFactory(parent=home, title="News centre", slug="news")


def draft_story(*, parent, speech=False, kind=None, crime_types=(), areas=(), topics=(), **fields):
    """A story that is not published; terms by slug or name."""
    factory = SpeechPageFactory if speech else NewsItemPageFactory
    page = factory.build(**fields)
    page.kind = Kind.find(kind) if kind else None
    page.crime_types = [CrimeType.find(name) for name in crime_types]
    page.areas = [Area.find(name) for name in areas]
    page.topics = [Topic.find(name) for name in topics]
    return parent.add_child(instance=page)


def publish_story(**kwargs):
    """A published story."""
    page = draft_story(**kwargs)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def make_contact(name, *, language="en", hours=(), exceptions=(), channels=(), areas=(), **fields):
    """Make a press contact.

    ``hours`` as ``("0 1 2 3 4", "09:00", "17:00")``, a public telephone where none is given.
    """
    contact = PressContact(
        name=name, locale=Locale.objects.get(language_code=language), **{"bank_holidays": "usual", **fields}
    )
    contact.hours = [
        (
            "hours",
            {"days": days.split(), "opens": time.fromisoformat(opens), "closes": time.fromisoformat(closes)},
        )
        for days, opens, closes in hours
    ]
    contact.exceptions = [("exception", exception) for exception in exceptions]
    channels = channels or [{"kind": "phone", "value": "020 7946 0123", "label": "", "public": True}]
    contact.channels = [("channel", channel) for channel in channels]
    contact.full_clean(exclude=["translation_key"])
    contact.save()
    contact.areas.set([Area.find(slug) for slug in areas])
    return contact
