"""The usage ledger's tables: which sites showed what, by which method."""

from __future__ import annotations

import random

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..outputs import MAX_METHOD, embed_methods

#: The ways in which another site shows stories: those of the outputs.
EmbedMethod = models.TextChoices(  # type: ignore[call-overload]
    "EmbedMethod", [(name.upper(), (name, label)) for name, label in embed_methods().items()]
)


def embed_method_choices() -> list[tuple[str, str]]:
    """Return the embed methods as choices.

    Migrations name this function, so a host's own method needs none.
    """
    choices: list[tuple[str, str]] = EmbedMethod.choices
    return choices


class EmbedUse(models.Model):
    """One list or story that one site showed by one method, from when and until when.

    ``host`` is the site as its visitors' browsers name it, empty where none was named; ``what`` is ``list:`` and the
    list's parameters, or ``story:`` and the id of a catalogue entry. Times are cut to the hour: nothing here is
    about a reader.
    """

    host = models.CharField(_("site"), max_length=253, blank=True)
    door = models.CharField(_("embed method"), max_length=MAX_METHOD, choices=embed_method_choices)
    what = models.CharField(_("what"), max_length=400)
    first_seen = models.DateTimeField(_("since"))
    last_seen = models.DateTimeField(_("last seen"), db_index=True)

    class Meta:
        verbose_name = _("use on another site")
        verbose_name_plural = _("uses on other sites")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["host", "door", "what"], name="cpsnews_embed_use_once"),
        ]
        indexes = [models.Index(fields=["what"], name="cpsnews_embed_use_what")]

    def __str__(self) -> str:
        return f"{self.host or '?'} · {self.get_door_display()} · {self.what}"


def draw_lot() -> float:
    """Return a site's place in the order in which unknown sites make room."""
    return random.random()  # noqa: S311


class EmbedSite(models.Model):
    """One site of the ledger, from when and until when it was seen, cut to the hour.

    ``is_known``: it was seen in more than one hour. Other sites make room by ``lot`` when the ledger is full, so that
    each has the same chance to stay, whenever it came.
    """

    host = models.CharField(max_length=253, blank=True, unique=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField(db_index=True)
    is_known = models.BooleanField(default=False)
    lot = models.FloatField(default=draw_lot)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["is_known", "lot"], name="cpsnews_embed_site_lot")]

    def __str__(self) -> str:
        return self.host or "?"
