"""Fill the example site.

Pages, people, terms, and stories from ``stories/*.jsonl``.
"""

import contextlib
import io
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from django.conf import settings
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.db import connection, transaction
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site

from wagtail_cpsnews.pages.models import NewsIndexPage
from wagtail_cpsnews.taxonomy.models import Area, Topic

from .blocks import add_blocks
from .contacts import fill_contacts
from .images import NAMES, draw
from .models import HomePage
from .people import add_people
from .protocol import add_protocol

STORIES = Path(__file__).resolve().parent / "stories"

#: What the news centre says of its themes: topic slug, English and Welsh words, picture.
THEMES = (
    (
        "violence-against-women-and-girls",
        "How we prosecute stalking, rape and abuse, and what we have changed.",
        "Sut rydym yn erlyn stelcian, trais a cham-drin, a beth rydym wedi’i newid.",
        "city-skyline",
    ),
    (
        "support-for-victims-and-witnesses",
        "What you can expect from us before, during and after a trial.",
        "Beth allwch chi ei ddisgwyl gennym cyn, yn ystod ac ar ôl achos.",
        "court-steps",
    ),
    (
        "statistics",
        "Figures every quarter, with what they show and what they do not.",
        "Ffigurau bob chwarter, gyda’r hyn y maent yn ei ddangos a’r hyn nad ydynt.",
        "scales",
    ),
    (
        "high-profile-cases",
        "The cases that people ask us about most.",
        "Yr achosion y mae pobl yn holi amdanynt fwyaf.",
        "evidence-boxes",
    ),
)


def is_filled() -> bool:
    """Whether the example has been filled before."""
    return HomePage.objects.exists()


@transaction.atomic  # all or nothing, and the catalogue is brought up to date once and not 200 times
def fill(port: int, folder: Path) -> None:
    """Make everything that the example needs.

    ``port``: where the site answers; ``folder``: from ``drawing()``.
    """
    english, _ = Locale.objects.get_or_create(language_code="en")
    welsh, _ = Locale.objects.get_or_create(language_code="cy")
    call_command("load_newsroom_terms", "cps", stdout=io.StringIO())
    home = _home(english, welsh, port)
    add_people((home, *home.get_translations()))
    news = _news_centre(home, welsh, folder)
    fill_contacts(news)
    add_protocol(news)
    _import_stories(news, folder)
    add_blocks()
    transaction.on_commit(lambda: connection.cursor().execute("ANALYZE"))


def renew_people() -> None:
    """Add the logins that an example filled by an older version lacks."""
    add_people(HomePage.objects.filter(depth=2))


def set_port(port: int) -> None:
    """Addresses carry the port that the site is served on now."""
    site = Site.objects.get(is_default_site=True)
    if site.port != port:
        site.port = port
        site.save()


def _home(english: Locale, welsh: Locale, port: int) -> HomePage:
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=HomePage(title="Newsroom example", slug="example", locale=english))
    site = Site.objects.get(is_default_site=True)
    site.hostname, site.port, site.root_page, site.site_name = "localhost", port, home, "Newsroom example"
    site.save()
    Page.objects.filter(slug="home", depth=2).first().delete()
    translation = home.copy_for_translation(welsh)
    translation.title, translation.slug = "Enghraifft o ystafell newyddion", "enghraifft"
    translation.save_revision().publish()
    return home


def _news_centre(home: HomePage, welsh: Locale, folder: Path) -> NewsIndexPage:
    news = NewsIndexPage(
        title="News centre",
        slug="news",
        locale=home.locale,
        introduction=(
            "<p>Decisions, trials and sentences; what we do about violence against women and girls and hate crime; "
            "how we support victims and witnesses; our figures; and what the Director of Public Prosecutions and "
            "other senior staff say in public.</p>"
        ),
    )
    pictures = {name: _image(name, folder) for *_words, name in THEMES}
    news.themes = [
        (
            "theme",
            {
                "topic": Topic.objects.get(slug=slug, locale=home.locale),
                "text": text,
                "image": pictures[name],
            },
        )
        for slug, text, _welsh, name in THEMES
    ]
    news.ways_on = [
        (
            "way",
            {"title": "The work of the service", "text": "Who decides, and how.", "page": home, "url": ""},
        ),
        (
            "way",
            {
                "title": "For developers",
                "text": "An open API with every filter of this list.",
                "page": None,
                "url": f"http://localhost:{settings.PORT}/newsroom/api/v1/docs/",
            },
        ),
    ]
    home.add_child(instance=news)
    news.save_revision().publish()
    translation = news.copy_for_translation(welsh)
    translation.title, translation.slug = "Canolfan newyddion", "newyddion"
    translation.introduction = (
        "<p>Penderfyniadau, treialon a dedfrydau; yr hyn a wnawn ynghylch trais yn erbyn menywod a merched a "
        "throseddau casineb; sut rydym yn cefnogi dioddefwyr a thystion; a’n ffigurau.</p>"
    )
    translation.themes = [
        (
            "theme",
            {"topic": Topic.objects.get(slug=slug, locale=welsh), "text": text, "image": pictures[name]},
        )
        for slug, _english, text, name in THEMES
    ]
    translation.ways_on = []
    translation.save_revision().publish()
    wessex = NewsIndexPage(title="News from Wessex", slug="wessex", locale=home.locale)
    wessex.introduction = "<p>Stories from Dorset, Hampshire, the Isle of Wight and Wiltshire.</p>"
    wessex.areas = [Area.objects.get(slug="wessex", locale=home.locale)]
    news.add_child(instance=wessex)
    wessex.save_revision().publish()
    return news


@contextlib.contextmanager
def drawing() -> Iterator[Callable[[], Path]]:
    """Draw the pictures of the stories in other processes.

    What it yields waits for them and gives their folder.
    """
    folder = settings.VAR / "demo-stories"
    (folder / "images").mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        drawn = {name: pool.submit(draw, name, (720, 480)) for name in NAMES}

        def finish() -> Path:
            for name, future in drawn.items():
                (folder / "images" / f"{name}.png").write_bytes(future.result())
            return folder

        yield finish


def _image(name: str, folder: Path):
    data = io.BytesIO((folder / "images" / f"{name}.png").read_bytes())
    return get_image_model().objects.create(
        title=name.replace("-", " "), file=ImageFile(data, name=f"{name}.png")
    )


def _import_stories(news: NewsIndexPage, folder: Path) -> None:
    """Through the importer, as any other newsroom would."""
    for file in STORIES.glob("*.jsonl"):
        shutil.copy(file, folder)
    call_command("import_news", "jsonl", str(folder), parent=str(news.pk), verbosity=0)
