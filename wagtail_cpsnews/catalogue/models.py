"""The tables of the catalogue.

Only the projector writes them; any change may add invalidations.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: The shape of what entries hold in ``facts`` and ``content``. Count it up in a release that reads rows differently:
#: a system check asks for ``rebuild_catalogue``, and rows of before go on being served.
ROW_FORMAT = 1


class State(models.Model):
    """The one row of state: how far the catalogue has come.

    It also holds what every list needs besides its entries.

    ``sequence`` counts projections; every row written by one carries its number. ``epoch`` is random and
    renewed when numbers can no longer be trusted (a restored or truncated database): a process that remembers
    another epoch starts again. ``reference`` holds terms and sites as JSON, so that a worker needs no further
    query to label and to address a story; it last changed at ``reference_sequence``.

    ``sequence`` counts projections; every row written by one carries its number. ``epoch`` is random and renewed
    when numbers can no longer be trusted (a restored or truncated database): a process that remembers another epoch
        starts again. ``reference`` holds terms and sites as JSON, so that a worker needs no further query to label
    and to address a story; it last changed at ``reference_sequence``.
    """

    epoch = models.UUIDField(default=uuid.uuid4)
    sequence = models.BigIntegerField(default=0)
    built_at = models.DateTimeField(null=True)
    reference = models.JSONField(default=dict)
    reference_sequence = models.BigIntegerField(default=0)
    #: The shape of the stored rows, see ``ROW_FORMAT``; 0 for a catalogue of before it was recorded.
    row_format = models.IntegerField(default=0)
    #: The codes of the rules that every story was last asked about, in alphabetical order, with spaces between.
    rules = models.TextField(blank=True, default="", db_default="")
    #: The search backend that has been filled and was told of every change since; "" for none.
    search_backend = models.CharField(max_length=100, blank=True, default="", db_default="")
    #: When a batch last worked on the rest of a large change: the readers of all processes together do one a second.
    rest_worked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("state of the catalogue")

    def __str__(self) -> str:
        return f"{self.epoch} at {self.sequence}"


class SequenceToken(models.Model):
    """A random token for each value that ``State.sequence`` has had.

    A database that was restored from a backup counts on from an older number and reaches the same numbers with other
    changes. The tokens tell the two histories apart: ETags hold the newest one, and a change token or a worker that
    was at a number with another token has seen a history that is void. One small row for each projection, kept for
    as long as a follower may come back.
    """

    number = models.BigIntegerField(primary_key=True)
    token = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name = _("token of the catalogue’s sequence")

    def __str__(self) -> str:
        return f"{self.number}: {self.token}"


class Invalidation(models.Model):
    """A page, subtree or object whose entries must be projected again.

    Written in the transaction of the change, deleted by the projection after it. A projection takes invalidations in
    order of rank, then of age, until its time is over; the rest of a large one is another row, whose ``cursor`` says
    where to go on.
    """

    #: What a change can invalidate: a page, a page with all below it, whatever uses an object, terms and sites.
    PAGE, SUBTREE, USE, REFERENCE = "page", "subtree", "use", "reference"
    #: What the projector makes of these: taking away and placing what lies below a page, stories that link to what
    #: lies below a page, stories with a term, with an address of their own, and language versions.
    HIDE, PLACE, LINKS, TERM, ADDRESS, GROUPS = "hide", "place", "links", "term", "address", "groups"

    #: Ranks: what can take something away, what concerns single pages, subtrees and the rest of large changes.
    TAKES_AWAY, SINGLE, REST = 0, 1, 2

    scope = models.CharField(max_length=10)
    #: A page's primary key (page, subtree), "app.model:pk" (use: whatever shows that object), or empty.
    subject = models.CharField(max_length=150, blank=True)
    #: The database has the default too: a process of the last version may still write invalidations.
    rank = models.PositiveSmallIntegerField(default=SINGLE, db_default=SINGLE)
    #: The last key that is done, where some of the work is.
    cursor = models.CharField(max_length=50, blank=True, default="", db_default="")

    class Meta:
        db_table = "cpsnews_mark"
        indexes = [models.Index(fields=["rank", "id"], name="cpsnews_mark_order")]

    def __str__(self) -> str:
        return f"{self.scope} {self.subject}".strip()


class Checkpoint(models.Model):
    """How far a command that looks at every story has come.

    A run that was interrupted continues from there.
    """

    name = models.CharField(max_length=20, primary_key=True)
    #: A digest of what the part that is done was done with, see ``walks``.
    version = models.CharField(max_length=64)
    #: The class and the key of the last page that is done.
    page_type = models.CharField(max_length=150)
    page_pk = models.BigIntegerField()
    done = models.PositiveIntegerField()
    #: What has been found so far.
    found = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.done}"


class StoredIndex(models.Model):
    """A part of the index that a new process starts from.

    See ``counting/stored.py``; the first part says what it is.
    """

    position = models.PositiveIntegerField(primary_key=True)
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"part {self.position} of the stored index"


class Retry(models.Model):
    """A story with a picture that could not be made.

    It is projected again, after growing pauses.
    """

    page_pk = models.BigIntegerField(unique=True)
    due_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"page {self.page_pk} after {self.tries} tries"


#: Columns that lists do not show and need not load.
NOT_IN_LISTS = ("content", "text", "digest", "path_hash")


def listed_now() -> models.Q:
    """Return the condition that an entry is public and has not expired."""
    unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
    return models.Q(public=True) & unexpired


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries by what readers may see of them."""

    def listed(self, sites: Collection[int] | None = None) -> Self:
        """Return what can be listed now.

        Every language version of every public story that has not expired.

        Args:
            sites: The ids of the sites whose stories are wanted; ``None`` for all.
        """
        entries = self.filter(listed_now())
        return entries if sites is None else entries.filter(site_id__in=sites)

    def cards(self) -> Self:
        """Return the entries without the columns that only the story itself shows."""
        return self.defer(*NOT_IN_LISTS)


class Entry(models.Model):
    """One story as the public sees it, or the tombstone of a story.

    ``id`` is the story's public identity: it belongs to one page, survives everything and is never given again.
    A tombstone keeps id, page, number and time; all that was said is wiped.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page_pk = models.BigIntegerField(unique=True)
    number = models.BigIntegerField()
    public = models.BooleanField()
    gone_at = models.DateTimeField(null=True)

    page_type = models.CharField(max_length=150, blank=True)
    site_id = models.BigIntegerField(null=True, db_index=True)
    #: The page's ``url_path``; the address is built from it and the site's root when it is read.
    path = models.TextField(blank=True)
    #: SHA-256 of ``path``: lets the address of a deleted story answer 410 though the tombstone has forgotten it.
    path_hash = models.CharField(max_length=64, blank=True, db_index=True)
    #: An absolute address of the adapter's own, empty for ordinary pages.
    address = models.TextField(blank=True)

    language = models.CharField(max_length=35, blank=True)
    translation_key = models.UUIDField(null=True, db_index=True)
    #: Stands for the story in lists of languages that it has no version in.
    primary = models.BooleanField(default=False)
    #: The languages of all public versions, as "|cy|en|".
    versions = models.TextField(blank=True)

    published = models.DateTimeField(null=True)
    updated = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    #: When the first of the public pages that the story points to expires.
    changes_at = models.DateTimeField(null=True, db_index=True)
    title = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    #: All other facts that a list shows: term keys, image, speech, updates, translations.
    facts = models.JSONField(default=dict)
    #: What only the story itself shows: body, body_html, notes_to_editors, documents.
    content = models.JSONField(default=dict)
    #: The story as plain text, for searching and for readers of plain text.
    text = models.TextField(blank=True)
    #: SHA-256 of all of the above: a row is written only when it differs.
    digest = models.CharField(max_length=64, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the catalogue")
        verbose_name_plural = _("entries of the catalogue")
        indexes = [
            models.Index(fields=["number", "id"], name="cpsnews_entry_changes"),
            models.Index(fields=["public", "primary", "-published", "id"], name="cpsnews_entry_newest"),
            models.Index(fields=["public", "language", "-published", "id"], name="cpsnews_entry_language"),
            # For oEmbed, which anybody may ask about any address.
            models.Index(fields=["address"], name="cpsnews_entry_address", condition=~models.Q(address="")),
        ]
        permissions = [
            ("change_published_at", _("Can change when a story was published")),
        ]

    def __str__(self) -> str:
        return self.title or str(self.id)

    @property
    def is_listed(self) -> bool:
        """Whether the story is public and has not expired."""
        return self.public and not (self.expires_at and self.expires_at <= timezone.now())


class Visibility(models.Model):
    """What the rules of the site say about a story, public or not.

    Written only while there are rules.

    A tombstone uses nothing and a story that was never public has no entry: neither could be noticed when a rule lets
    it go. Stories without a row have not been decided about, and are not shown.
    """

    page_pk = models.BigIntegerField(primary_key=True)
    #: Why the rules hide it; empty where they do not.
    code = models.CharField(max_length=20, blank=True)
    #: When the rules have to be asked again. No answer to readers may tell of it.
    wake_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name = _("visibility of a story")

    def __str__(self) -> str:
        return f"page {self.page_pk}: {self.code or 'shown'}"


class Departure(models.Model):
    """An entry that has moved from one site to another.

    Readers of the first site learn that it is gone.

    number: of the projection that took it away; ``left_at`` is all that they learn besides the id.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="departures")
    site_id = models.BigIntegerField()
    number = models.BigIntegerField()
    left_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "site_id"], name="cpsnews_departure_once"),
        ]
        indexes = [models.Index(fields=["site_id", "number", "entry"], name="cpsnews_departures")]

    def __str__(self) -> str:
        return f"{self.entry_id} from site {self.site_id} at {self.number}"


class EntryTerm(models.Model):
    """A term of an entry, by the term's translation key.

    Tombstones keep theirs as "was public" only.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="terms")
    taxonomy = models.CharField(max_length=20)
    key = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "taxonomy", "key"], name="cpsnews_entry_term_once"),
        ]
        indexes = [models.Index(fields=["taxonomy", "key", "entry"], name="cpsnews_term_entries")]

    def __str__(self) -> str:
        return f"{self.taxonomy} {self.key}"


class EntryUse(models.Model):
    """An object that an entry shows or links to ("wagtailimages.image:5").

    When the object changes, so does the entry.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="uses")
    subject = models.CharField(max_length=150, db_index=True)

    def __str__(self) -> str:
        return self.subject


def draw_reference() -> str:
    """Return a reference that people can say on the telephone, such as "7K3Q-PM2X".

    No letter or digit in it looks or sounds like another.
    """
    signs = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    drawn = "".join(secrets.choice(signs) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


class PublicationStop(models.Model):
    """A hold, an embargo or a withdrawal of a story, in all its languages.

    In force until it has ended. Every change goes through ``wagtail_cpsnews.desk``, which takes the pages down and
    brings them back; a row alone already hides the story (``visibility``) and refuses to publish it (``guards``).
    """

    class Kind(models.TextChoices):
        HOLD = "hold", _("hold")
        EMBARGO = "embargo", _("embargo")
        WITHDRAWAL = "withdrawal", _("withdrawal")

    class Ending(models.TextChoices):
        UNDONE = "undone", _("undone")
        RELEASED = "released", _("released")
        REPLACED = "replaced", _("replaced")
        WITHDRAWN = "withdrawn", _("withdrawn")
        PUBLISHED = "published", _("published")
        LIFTED = "lifted", _("lifted")

    class Problem(models.TextChoices):
        NOT_READY = "not_ready", _("something is missing in the text that was approved")
        ERROR = "error", _("an error, see the server’s log")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    reference = models.CharField(_("reference"), max_length=12, unique=True, default=draw_reference)
    #: The story: all its language versions share the key.
    translation_key = models.UUIDField(db_index=True)
    #: The language version that it was decided on.
    page_pk = models.BigIntegerField()
    #: The stop of the story itself, where this is of a version that has a translation key of its own. It ends with it.
    follows = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followers"
    )
    note = models.TextField(_("note"), blank=True)
    #: Of an embargo: when it ends; aware.
    until = models.DateTimeField(_("until"), null=True, blank=True)
    #: Of an embargo: what a person has to confirm.
    event = models.CharField(_("event"), max_length=200, blank=True)
    #: Of an embargo: when a process tries to publish, at its end or after a failure. Nothing readers get tells of it.
    wake_at = models.DateTimeField(null=True, blank=True)
    #: Of an embargo: how often that was tried, and why it failed.
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(_("problem"), max_length=20, choices=Problem.choices, blank=True)
    #: Of a withdrawal: what readers are told, by language; empty for the usual words.
    public_text = models.JSONField(_("public wording"), default=dict, blank=True)
    is_legal = models.BooleanField(_("for legal reasons"), default=False)
    began_at = models.DateTimeField(_("since"), default=timezone.now, db_index=True)
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ending = models.CharField(_("how it ended"), max_length=12, choices=Ending.choices, blank=True)
    end_note = models.TextField(_("reason for the end"), blank=True)

    class Meta:
        verbose_name = _("hold, embargo or withdrawal")
        verbose_name_plural = _("holds, embargoes and withdrawals")
        default_permissions = ("view",)
        permissions = [
            ("hold_story", _("Can hold a story")),
            ("release_story", _("Can release a story that is held")),
            ("embargo_story", _("Can put a story on embargo, and confirm what it waits for")),
            ("withdraw_story", _("Can withdraw a story, replace it, and undo that")),
            (
                "view_withdrawn_versions",
                _("Can read what was withdrawn: earlier versions, and sealed stories"),
            ),
            ("erase_story", _("Can ask for the erasure of a sealed story, and decide about it")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["translation_key", "kind"],
                condition=models.Q(ended_at=None),
                name="cpsnews_stop_once",
            ),
        ]
        indexes = [
            models.Index(fields=["wake_at"], condition=models.Q(ended_at=None), name="cpsnews_stop_wake"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"

    @property
    def is_in_force(self) -> bool:
        """Whether it still stops the story."""
        return self.ended_at is None


class StoppedPage(models.Model):
    """A page of a stopped story, as it was before: so it is brought back."""

    stop = models.ForeignKey(PublicationStop, on_delete=models.CASCADE, related_name="pages")
    page_pk = models.BigIntegerField()
    was_live = models.BooleanField()
    #: The revision whose schedule was taken away, and its time.
    scheduled_revision = models.BigIntegerField(null=True)
    scheduled_at = models.DateTimeField(null=True)
    #: Of an embargo: the revision that is published at its end; ``None`` where the page is not.
    approved_revision = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stop", "page_pk"], name="cpsnews_stopped_page_once"),
        ]

    def __str__(self) -> str:
        return f"page {self.page_pk} of {self.stop_id}"
