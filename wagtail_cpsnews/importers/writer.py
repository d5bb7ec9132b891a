"""Write stories as pages.

Made once, changed when their source has changed, never restored when an editor removed them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.models import Locale

from ..catalogue.db import using
from ..catalogue.guards import why_refused
from ..catalogue.stops import stop_of
from ..compat import get_page_model
from ..stories.news_item import NewsItemMixin
from .identity import KnownStories
from .mapping import fill, fill_picture
from .models import ImportedStory
from .nesting import UnacceptableHtml
from .pictures import NewFiles, PictureError, find_image, make_image, new_files
from .redirects import Redirects
from .remarks import Remark
from .report import Outcome
from .slugs import Place, find_place, free_slug
from .story import Story
from .terms import Filing, Terms


@dataclass
class Result:
    """What became of one story, and what there is to tell about it."""

    outcome: Outcome
    remarks: list[Remark] = field(default_factory=list)
    page: int | None = None


@dataclass(frozen=True)
class _Found:
    """What there is here of a story, and what it names that is not."""

    record: ImportedStory | None
    page: Any
    place: Place
    filing: Filing
    original: Any
    missing: list[Remark]
    digest: str


class Writer:
    """Writes the stories of one source.

    With ``dry_run`` it only reports what it would do.
    """

    def __init__(
        self,
        known: KnownStories,
        parent: Any,
        page_type: Any,
        speech_type: Any,
        dry_run: bool = False,
    ) -> None:
        self.known = known
        self.source = known.source
        self.parent_pk = parent.pk
        self.page_type = page_type
        self.speech_type = speech_type
        self.dry_run = dry_run
        self.terms = Terms()
        self.redirects = Redirects(dry_run)
        self.locales = list(Locale.objects.all())
        self._made: set[tuple[str, str]] = set()  # names and ids, for a dry run: what would be there by now

    def write(self, story: Story) -> Result:
        """Write one story in a transaction of its own.

        Never raises for a story: it is ``FAILED`` with the reason.
        """
        try:
            with new_files() as made, transaction.atomic(using=using()):
                return self._write(story, made)
        except UnacceptableHtml as error:
            why = f"{error}. Allowed: {error.allowed}"
        except ValidationError as error:
            why = "; ".join(error.messages)
        except Exception as error:  # one story must not cost the others
            why = f"{type(error).__name__}: {error}"
        return Result(Outcome.FAILED, [Remark("failed", why)])

    def would_change(self, story: Story, promised: Container[tuple[str, str]]) -> bool:
        """Return True if the page of a story that is known would be changed.

        promised: names of sources and ids of the stories that will be there by then.
        """
        try:
            found = self._look_up(story, promised)
        except Exception:  # it fails again when it is written, and is reported then
            return False
        if found.page is None or found.record is None or found.record.digest == found.digest:
            return False
        return _why_untouchable(found.page.specific) is None

    def _look_up(self, story: Story, promised: Container[tuple[str, str]]) -> _Found:
        record = self.known.get(story)
        page: Any = get_page_model()._default_manager.filter(pk=record.page_pk).first() if record else None
        place = find_place(story, self.locales)
        filing = self.terms.filing(story, page.locale if page else place.locale)
        original = self._original(story)
        missing = [_missing("missing-term", name) for name in filing.missing]
        version_of = (story.source_name, story.translation_of or "")
        if story.translation_of and original is None and version_of not in promised:
            name = f"the story {story.translation_of}, of which it is a version"
            missing.append(_missing("missing-story", name))
        digest = story.digest(remark.subject for remark in missing)
        return _Found(record, page, place, filing, original, missing, digest)

    def _write(self, story: Story, files: NewFiles) -> Result:
        found = self._look_up(story, self._made)
        record, page = found.record, found.page
        if record is not None and page is None:
            message = "its page was deleted here since it was imported; it is not made again"
            return Result(Outcome.SKIPPED, [Remark("deleted-here", message)])
        if record is not None and record.digest == found.digest:
            return Result(Outcome.UNCHANGED)
        result = Result(Outcome.MADE, [*story.remarks, *found.missing])
        if record is None:
            page = self._make(story, found.place, found.filing, found.original, result, files)
        else:
            page = page.specific
            if reason := _why_untouchable(page):
                return Result(Outcome.SKIPPED, [Remark("untouchable", reason)])
            self._change(page, record, story, found.filing, found.original, result, files)
        result.page = page.pk
        if self.dry_run:
            self._made.add((story.source_name, story.source_id))
        elif result.outcome is not Outcome.SKIPPED:
            self.known.remember(story, page.pk, found.digest)
        return result

    # Where it belongs

    def _parent(self, locale: Any) -> Any:
        """Return the parent in the language of the section, where there is one.

        Read again, for its place in the tree.
        """
        parent = get_page_model()._default_manager.get(pk=self.parent_pk)
        if parent.locale_id != locale.pk:
            parent = parent.get_translation_or_none(locale) or parent
        return parent

    def _original(self, story: Story) -> Any | None:
        """Return the page that this story is a language version of.

        If that was imported.
        """
        if not story.translation_of:
            return None
        rows = self.known.get_versions(story.source_name, story.translation_of)
        keys = [row.page_pk for row in rows if (row.source_id, row.language) != story.key]
        pages = [page.specific for page in get_page_model()._default_manager.filter(pk__in=keys)]
        pages = [page for page in pages if isinstance(page, NewsItemMixin)]
        pages.sort(key=lambda page: (page.locale_id != Locale.get_default().pk, bool(page.language), page.pk))
        if not pages:
            return None
        first = pages[0].version_of or pages[0]
        return first.get_translation_or_none(Locale.get_default()) or first

    # Making and changing

    def _make(
        self, story: Story, place: Place, filing: Filing, original: Any, result: Result, files: NewFiles
    ) -> Any:
        model = self.page_type if story.speech is None else self.speech_type
        parent = self._parent(place.locale)
        page = model(locale=place.locale, language=place.language, live=False)
        page.first_published_at = story.published
        if original is not None and not self._join(page, original):
            twin = original.get_translation_or_none(place.locale)
            result.outcome = Outcome.SKIPPED
            message = f"page {twin.pk} “{twin.title}” is this language version already; it was left alone"
            result.remarks = [Remark("translated-here", message)]
            return twin
        result.remarks += fill(page, story, filing, self.source)
        page.slug = free_slug(story, parent, is_version=original is not None)
        if self.dry_run:
            result.remarks += self.redirects.add(story, page, parent)
            return page
        result.remarks += self._add_picture(page, story, files)
        parent.add_child(instance=page)
        self._publish(page, story)
        result.remarks += self.redirects.add(story, page, parent)
        return page

    def _change(
        self,
        page: Any,
        record: ImportedStory,
        story: Story,
        filing: Filing,
        original: Any,
        result: Result,
        files: NewFiles,
    ) -> None:
        latest = page.latest_revision
        if latest is not None and latest.created_at > record.imported_at:
            message = (
                f"was edited here since the last import; what it said is revision {latest.pk} in its history"
            )
            result.remarks.append(Remark("edited-here", message))
        was_live = page.live
        if not was_live:
            page = page.get_latest_revision_as_object()
            message = "is not published here: its draft was changed, and it stays unpublished"
            result.remarks.append(Remark("draft-changed", message))
        result.outcome = Outcome.CHANGED if was_live else Outcome.CHANGED_DRAFT
        if original is not None:
            self._join(page, original)
        result.remarks += fill(page, story, filing, self.source)
        result.remarks += self.redirects.add(story, page, page.get_parent())
        if self.dry_run:
            return
        result.remarks += self._add_picture(page, story, files)
        if was_live:
            self._publish(page, story)
        else:
            page.save_revision(log_action=True)

    def _join(self, page: Any, original: Any) -> bool:
        """Make ``page`` a language version of ``original``.

        ``False`` when another page is that version already.

        In a section of its own language it is the translation, otherwise it names the original.
        """
        if original.pk == page.pk or original.translation_key == page.translation_key:
            return True
        if page.language or original.locale_id == page.locale_id:
            page.version_of_id = original.pk
        elif original.get_translation_or_none(page.locale) is not None:
            return False
        else:
            page.translation_key = original.translation_key
            if page.pk and not self.dry_run:  # it is no part of a revision
                type(page)._default_manager.filter(pk=page.pk).update(translation_key=page.translation_key)
        return True

    def _publish(self, page: Any, story: Story) -> None:
        """Publish a page by a revision, then set the source's dates.

        As an editor does, so that scheduling finds a live revision.
        """
        page.save_revision(log_action=True).publish()
        last = max(story.published, story.last_changed or story.published)
        type(page)._default_manager.filter(pk=page.pk).update(
            first_published_at=story.published, last_published_at=last
        )

    def _add_picture(self, page: Any, story: Story, files: NewFiles) -> Iterable[Remark]:
        picture = story.picture
        if picture is None or picture.path is None:
            return []
        image = find_image(picture)
        if image is None:
            try:
                image = make_image(picture, picture.path, files)
            except PictureError as error:
                return [Remark("picture", str(error))]
        return fill_picture(page, story, image)


def _missing(code: str, name: str) -> Remark:
    """Return the remark that something which the story names is not here."""
    return Remark(code, f"not there, left out: {name}", name)


def _why_untouchable(page: Any) -> str | None:
    """Return why a page must be left as its editors have it now."""
    if not issubclass(type(page), NewsItemMixin):
        return f"its page is now a {page._meta.verbose_name}, which is no story"
    if page.alias_of_id:
        return "its page is an alias of another"
    if page.locked:
        return "its page is locked by an editor"
    if page.workflow_in_progress:
        return "its page is in moderation"
    if page.scheduled_revision:
        return "a change of its page is scheduled; import it again when that is out"
    if not page.live and (stop := stop_of(page)) is not None:
        return why_refused(stop)
    return None
