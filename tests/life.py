"""A newsroom's life at random.

Everything that editors and administrators do, in any order.
"""

import contextlib
import datetime
import io
import itertools

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.db.models import Q
from django.utils import timezone
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.models import Locale, Page, PageViewRestriction, Site

from tests.factories import HomePageFactory, NewsIndexPageFactory, draft_story, publish_story
from wagtail_cpsnews.catalogue.guards import PublishingRefused
from wagtail_cpsnews.catalogue.maintenance import check, rebuild
from wagtail_cpsnews.catalogue.models import PublicationStop
from wagtail_cpsnews.catalogue.stops import pages_of
from wagtail_cpsnews.desk import withdrawals
from wagtail_cpsnews.desk.stopping import AlreadyStopped, begin_stop, end_stop
from wagtail_cpsnews.pages.models import NewsItemPage
from wagtail_cpsnews.taxonomy.models import Area, CrimeType, Kind, Topic


class Life:
    """The small newsroom with a Welsh tree and a second site.

    ``change()`` does one thing at random.
    """

    def __init__(self, world, random, second_host="second.example"):
        self.world, self.random = world, random
        self.numbers = itertools.count(1)
        cy = Locale.objects.get(language_code="cy")
        self.welsh_home = world.home.copy_for_translation(cy)
        self.welsh_home.save_revision().publish()
        world.index.copy_for_translation(cy).save_revision().publish()
        world.section.copy_for_translation(cy).save_revision().publish()
        home = HomePageFactory(parent=Page.objects.get(depth=1), title="Second", slug="second")
        Site.objects.create(hostname=second_host, port=80, root_page=home)
        second = NewsIndexPageFactory(parent=home, title="Second news", slug="second-news")
        self.section = world.section.pk
        self.parents = [world.index.pk, world.index.pk, world.section.pk, second.pk]
        self.done = []
        #: Acts that were refused because a story was stopped.
        self.refused = 0
        self.officer = User.objects.create_superuser(f"officer at {second_host}")

    def change(self):
        action = self.random.choice(ACTIONS)
        self.done.append(action.__name__)
        try:
            action(self)
        except PublishingRefused:
            self.refused += 1

    def changes(self, count):
        for _ in range(count):
            self.change()

    def word(self):
        return f"{self.random.choice(['Harbour', 'Lantern', 'Marigold', 'Quarry'])} {next(self.numbers)}"

    def story(self, **filters):
        found = list(NewsItemPage.objects.filter(alias_of=None, **filters).order_by("pk"))
        return self.random.choice(found) if found else publish_story(parent=self.parent(), title=self.word())

    def parent(self):
        return Page.objects.get(pk=self.random.choice(self.parents)).specific

    def term(self, model):
        found = model.objects.filter(successor=None, locale__language_code="en").order_by("pk")
        return self.random.choice(list(found))

    def filing(self):
        return {"areas": [self.term(Area).slug], "topics": [self.term(Topic).slug]}


def publish(life):
    publish_story(parent=life.parent(), title=life.word(), **life.filing())


def draft(life):
    draft_story(parent=life.parent(), title=life.word())


def edit(life):
    page = life.story()
    page.title, page.summary = life.word(), life.word()
    page.areas = [life.term(Area)]
    page.kind = life.random.choice([None, life.term(Kind)])
    page.save_revision().publish()


def edit_the_draft_only(life):
    page = life.story()
    page.title = life.word()
    page.save_revision()


def unpublish(life):
    life.story(live=True).unpublish()


def publish_again(life):
    life.story(live=False).save_revision().publish()


def delete(life):
    if NewsItemPage.objects.count() > 8:
        life.story().delete()


def move(life):
    page, parent = life.story(), life.parent()
    if page.get_parent().pk != parent.pk:
        page.slug = f"moved-{next(life.numbers)}"
        page.save()
        page.move(parent, pos="last-child")


def restrict(life):
    page = life.random.choice([life.story(), life.story(), Page.objects.get(pk=life.section)])
    PageViewRestriction.objects.get_or_create(page=page, restriction_type=PageViewRestriction.LOGIN)


def unrestrict(life):
    for restriction in PageViewRestriction.objects.all():
        restriction.delete()


def rename_a_term(life):
    term = life.term(life.random.choice([Area, CrimeType, Topic]))
    term.name = life.word()
    term.save()


def give_a_term_another_slug(life):
    term = life.term(Area)
    term.slug = f"area-{next(life.numbers)}"
    term.save()


def merge_two_terms(life):
    model = life.random.choice([Area, Topic])
    number = next(life.numbers)
    en = Locale.objects.get(language_code="en")
    model.objects.create(locale=en, slug=f"term-{number}", name=f"Term {number}")
    first, second = life.term(model), life.term(model)
    if first.translation_key != second.translation_key:
        first.merge_into(second)


def retire_a_term(life):
    term = life.term(CrimeType)
    term.retired = not term.retired
    term.save()


def add_a_welsh_version(life):
    page = life.story(locale__language_code="en", language="")
    cy = Locale.objects.get(language_code="cy")
    if page.has_translation(cy) or not page.get_parent().has_translation(cy):
        return
    version = page.copy_for_translation(cy)
    version.title = f"Yn Gymraeg {next(life.numbers)}"
    version.save_revision().publish()


def add_a_version_elsewhere(life):
    """Add a version without a section of its own.

    In the same site or in another, in a third language or a double.
    """
    original = life.story(locale__language_code="en", version_of=None)
    language = life.random.choice(["cy", "ur"])
    publish_story(parent=life.parent(), title=life.word(), language=language, version_of=original)


def remove_a_version(life):
    found = NewsItemPage.objects.filter(locale__language_code="cy").order_by("pk")
    if found:
        life.random.choice(list(found)).delete()


def expire(life):
    page = life.story(live=True)
    page.expire_at = timezone.now() + datetime.timedelta(seconds=life.random.choice([-5, 0.05, 600]))
    page.save()


def change_a_picture(life):
    page = life.story()
    if page.image is None:
        buffer = io.BytesIO()
        Picture.new("RGB", (90, 60), "red").save(buffer, "PNG")
        page.image = Image.objects.create(title="A picture", file=ImageFile(buffer, name="picture.png"))
        page.save_revision().publish()
    else:
        page.image.description = life.word()
        page.image.save()


def change_the_host(life):
    site = life.random.choice(list(Site.objects.order_by("pk")))
    site.port = life.random.choice([80, 443, 8080])
    site.save()


def copy(life):
    slug = f"copy-{next(life.numbers)}"
    life.story().copy(
        to=life.parent(),
        update_attrs={"slug": slug, "title": slug},
        keep_live=life.random.random() < 0.7,
    )


def alias(life):
    life.story().create_alias(parent=life.parent(), update_slug=f"alias-{next(life.numbers)}")


def rename_a_section(life):
    section = Page.objects.get(pk=life.section).specific
    section.slug = life.random.choice(["section", "chapter", "part"])
    section.save_revision().publish()


def write_past_the_signals(life):
    NewsItemPage.objects.filter(pk=life.story().pk).update(summary=life.word())
    check(repair=True)


def rebuild_all(life):
    rebuild()


def live_pages_of(key):
    return set(pages_of(key).filter(live=True).values_list("pk", flat=True))


def hold(life):
    page = life.story(live=True)
    with contextlib.suppress(AlreadyStopped):
        begin_stop(PublicationStop.Kind.HOLD, page, life.officer)
        assert not live_pages_of(page.translation_key)


def withdraw(life):
    with contextlib.suppress(AlreadyStopped, ValidationError):  # that was never public
        page = life.story()
        withdrawals.withdraw(page, life.officer, reason="Wrong", wording={"en": "Sorry."})
        assert not live_pages_of(page.translation_key)


def _stop(life, kind):
    found = list(PublicationStop.objects.filter(kind=kind, ended_at=None).order_by("pk"))
    return life.random.choice(found) if found else None


def release(life):
    if (stop := _stop(life, PublicationStop.Kind.HOLD)) is not None:
        _end(stop, lambda: end_stop(stop, PublicationStop.Ending.RELEASED, life.officer))


def undo_a_withdrawal(life):
    if (stop := _stop(life, PublicationStop.Kind.WITHDRAWAL)) is not None:
        _end(stop, lambda: withdrawals.undo(stop, life.officer, reason="Right"))


def _end(stop, end):
    """End a stop: all that it took down is back, except what has expired or is stopped otherwise."""
    others = PublicationStop.objects.filter(translation_key=stop.translation_key, ended_at=None)
    is_last = not others.exclude(pk=stop.pk).exists()
    taken = set(stop.pages.filter(was_live=True).values_list("page_pk", flat=True))
    end()
    current = Q(expire_at=None) | Q(expire_at__gt=timezone.now())
    expected = set(pages_of(stop.translation_key).filter(current, pk__in=taken).values_list("pk", flat=True))
    live = live_pages_of(stop.translation_key)
    assert live >= expected if is_last else not live, (stop, live, expected)


ACTIONS = [
    *[publish, edit, unpublish, publish_again, move, add_a_welsh_version] * 2,
    draft,
    edit_the_draft_only,
    delete,
    restrict,
    unrestrict,
    rename_a_term,
    give_a_term_another_slug,
    merge_two_terms,
    retire_a_term,
    add_a_version_elsewhere,
    remove_a_version,
    expire,
    change_a_picture,
    change_the_host,
    copy,
    alias,
    rename_a_section,
    *[hold, release, withdraw, undo_a_withdrawal] * 2,
    write_past_the_signals,
    rebuild_all,
]
