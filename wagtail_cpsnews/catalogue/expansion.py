"""What a change of something shared means for stories.

Shared are terms, sites, languages, and objects that stories use.

Such a change can concern every story, so each of these steps takes the next of them by primary key and leaves
invalidations for them, and one for the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from ..compat import get_page_model
from ..taxonomy.models import MODELS
from . import lookups as reference_module
from .entries import EntryWriter
from .invalidation import InvalidationQueue
from .models import Invalidation, State
from .refiling import refile
from .sites import forget_old_roots
from .subtrees import below_as_subjects
from .uses import TERM_BY_NAME, UNKNOWN_TERM, page_subject

#: How many stories that use an object are done at the rank of single pages.
FEW = 50


class SharedSteps:
    """The steps of a projection that find stories to project.

    A change of something shared concerns them.
    """

    def __init__(self, writer: EntryWriter, queue: InvalidationQueue, state: State) -> None:
        self.writer = writer
        self.queue = queue
        self.state = state
        self.alias = writer.alias
        self.reference_changed = False

    def reference_step(self, invalidation: Invalidation) -> None:
        """Take over terms, contacts, sites and locales.

        Invalidates the stories that they change.
        """
        self.queue.done(self.queue.same(invalidation, self.writer.rows_a_step))
        data = reference_module.read(self.alias)
        if data == self.state.reference:
            return
        old = self.writer.reference
        self.state.reference = data
        self.state.reference_sequence = self.writer.number
        self.writer.changed = self.reference_changed = True
        new = reference_module.parse(data)
        self.writer.read_with(new)
        self._terms_changed(old, new)
        if {(root.site_id, root.path) for root in old.roots} != {
            (root.site_id, root.path) for root in new.roots
        }:
            tops = get_page_model()._default_manager.using(self.alias).filter(depth=1)
            for pk in tops.order_by("pk").values_list("pk", flat=True):
                self.queue.leave(Invalidation.SUBTREE, pk, rank=Invalidation.TAKES_AWAY)
        if old.roots != new.roots:
            forget_old_roots(self.state)
            self.queue.leave(Invalidation.ADDRESS)
            # Links inside a story are written with the host where there are several sites.
            self.queue.leave(Invalidation.LINKS)
        if old.languages != new.languages:
            self.queue.leave(Invalidation.GROUPS)

    def _terms_changed(self, old: Any, new: Any) -> None:
        if old.taxonomies != new.taxonomies:
            self.queue.leave(Invalidation.USE, UNKNOWN_TERM)
        for name, taxonomy in new.taxonomies.items():
            before = old.taxonomies[name].by_key
            for key in {*before, *taxonomy.by_key}:
                was, now = before.get(key), taxonomy.by_key.get(key)
                if (was and was.successor) != (now and now.successor) or now is None:
                    self.queue.leave(Invalidation.TERM, f"{name}:{key}")
        if any(_names(old.taxonomies[name]) != _names(new.taxonomies[name]) for name in new.taxonomies):
            self.queue.leave(Invalidation.USE, TERM_BY_NAME)

    def _expand(self, invalidations: Collection[int], pks: Any) -> None:
        """Invalidate the next pages of a queryset of keys.

        An invalidation is kept for the rest.
        """
        found = list(pks[: self.writer.rows_a_step])
        self._leave_next(invalidations, found, found, self.writer.rows_a_step)

    def _leave_next(
        self, invalidations: Collection[int], found: list[int], pages: Iterable[int], size: int
    ) -> None:
        """Invalidate ``pages``, and keep an invalidation for what comes after.

        ``pages`` are those that a step found when it looked for ``size``.
        """
        self.queue.leave_pages(pages)
        if len(found) < size:
            self.queue.done(invalidations)
        else:
            self.queue.put(invalidations, cursor=str(found[-1]), rank=Invalidation.REST)

    def _stories(self, condition: Q, invalidation: Invalidation) -> Any:
        """Return the keys of the pages that are still to be left, in order."""
        entries = (
            self.writer.entries().filter(condition, page_pk__gt=_after(invalidation)).order_by("page_pk")
        )
        return entries.values_list("page_pk", flat=True).distinct()

    def use_step(self, invalidation: Invalidation) -> None:
        """Leave the stories that use an object, or one of several."""
        invalidations = self.queue.same(invalidation, 300)
        subjects = list(dict.fromkeys(invalidations.values()))
        if not invalidation.cursor:
            self._leave_links([subject for subject in subjects if subject.startswith(page_subject(""))])
        stories = self._stories(Q(uses__subject__in=subjects), invalidation)
        if not invalidation.cursor and invalidation.rank == Invalidation.SINGLE:
            few = list(stories[: FEW + 1])
            if len(few) <= FEW:  # as quick as a page that was saved
                self.queue.leave_pages(few, rank=Invalidation.SINGLE)
                self.queue.done(invalidations)
                return
        self._expand(invalidations, stories)

    def _leave_links(self, subjects: list[str]) -> None:
        """Invalidate what lies below a page that has moved, and links to it.

        Links to that have to be written again.
        """
        pks = [pk for subject in subjects if (pk := subject.removeprefix(page_subject(""))).isdecimal()]
        # An alias is as private as its source.
        tops = Q(pk__in=pks, numchild__gt=0) | Q(alias_of__in=pks)
        pages = get_page_model()._default_manager.using(self.alias).filter(tops)
        for pk in pages.order_by("pk").values_list("pk", flat=True):
            self.queue.leave(Invalidation.LINKS, pk)

    def links_step(self, invalidation: Invalidation) -> None:
        """Leave the stories that link to what lies below a page, or to any page."""
        prefix = page_subject("")
        condition = Q(uses__subject__startswith=prefix)
        if invalidation.subject:
            top = get_page_model()._default_manager.using(self.alias).filter(pk=invalidation.subject).first()
            if top is None:
                self.queue.done([invalidation.pk])
                return
            condition = Q(uses__subject__in=below_as_subjects(self.alias, top.path, prefix))
        self._expand([invalidation.pk], self._stories(condition, invalidation))

    def address_step(self, invalidation: Invalidation) -> None:
        """Leave the stories with addresses of their adapter's own."""
        self._expand([invalidation.pk], self._stories(~Q(address=""), invalidation))

    def term_step(self, invalidation: Invalidation) -> None:
        """File stories under the term that replaces theirs.

        Invalidates the other pages that have the term or are filed under it.

        A page that carries a term which was unknown until now is filed under nothing yet.
        """
        taxonomy, _colon, key = invalidation.subject.partition(":")
        listed = self.writer.entries().filter(terms__taxonomy=taxonomy, terms__key=key).values("page_pk")
        condition = Q(pk__in=listed)
        model = MODELS.get(taxonomy)
        term = model._default_manager.using(self.alias).filter(translation_key=key).first() if model else None
        if term is not None:
            condition |= Q(pk__in=term.used_by().using(self.alias).order_by().values("pk"))
        pages = (
            get_page_model()._default_manager.using(self.alias).filter(condition, pk__gt=_after(invalidation))
        )
        found = list(pages.order_by("pk").values_list("pk", flat=True)[: self.writer.ENTRIES])
        done = refile(self.writer, taxonomy, key, found) if model else set()
        self._leave_next([invalidation.pk], found, set(found) - done, self.writer.ENTRIES)

    def groups_step(self, invalidation: Invalidation) -> None:
        """Sort out the language versions of the next stories."""
        keys = self.writer.entries().exclude(translation_key=None).order_by("translation_key")
        if invalidation.cursor:
            keys = keys.filter(translation_key__gt=invalidation.cursor)
        found = list(keys.values_list("translation_key", flat=True).distinct()[: self.writer.rows_a_step])
        self.writer.groups |= set(found)
        self.queue.done([invalidation.pk])
        if len(found) == self.writer.rows_a_step:
            self.queue.leave(
                invalidation.scope, invalidation.subject, rank=invalidation.rank, cursor=found[-1]
            )


def _after(invalidation: Invalidation) -> int:
    return int(invalidation.cursor) if invalidation.cursor.isdecimal() else 0


def _names(taxonomy: Any) -> tuple[Any, ...]:
    """Return every text that leads to a term."""
    return taxonomy._by_slug, taxonomy._by_name
