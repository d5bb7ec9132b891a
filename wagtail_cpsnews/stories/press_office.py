"""``PressOfficeMixin``: press contacts and the social media policy.

Also where everybody else asks.
"""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField

from ..catalogue.contacts import contact_lines
from ..catalogue.desk import find_desk
from ..catalogue.public_links import PublicLinks
from ..catalogue.richtext import safe_url
from ..catalogue.sites import address_of
from ..catalogue.snapshots import current
from ..catalogue.visibility import is_public
from ..compat import page_model_name
from ..contacts.directory import ContactInfo
from ..http.caching import limit_lifetime, next_day_or_answering
from .blocks.press_office import PolicyPartBlock, anchor_of
from .contacts import ContactsPanel
from .context import expiry_of, public_context, versions_of_page
from .fields import StoryStreamField
from .index import PressOffice
from .panels import PublicRoutingMixin

#: What a row of a contact holds for the page alone.
PAGE_ONLY = frozenset({"is_for_out_of_hours", "opening"})


class PressOfficeMixin(PublicRoutingMixin, PressOffice):
    """Contacts, a notice for the public, a policy.

    Put it before ``Page`` among the bases.
    """

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])
    contacts = ParentalManyToManyField(
        "cpsnews.PressContact",
        verbose_name=_("contacts"),
        blank=True,
        related_name="+",
        help_text=_("Leave empty to show all current contacts."),
    )
    public_notice = RichTextField(
        _("notice for the public"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("Left empty, a sentence says that the press office answers accredited journalists only."),
    )
    enquiries_page = models.ForeignKey(
        page_model_name(),
        verbose_name=_("page for public enquiries"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    enquiries_url = models.URLField(_("or its address elsewhere"), blank=True)
    shows_emergency_numbers = models.BooleanField(
        _("emergency numbers"),
        default=True,
        help_text=_("How to report a crime: 101, and 999 in an emergency."),
    )
    policy_introduction = RichTextField(
        _("introduction of the policy"), blank=True, features=["bold", "italic", "link"]
    )
    policy = StoryStreamField(
        [("part", PolicyPartBlock())], verbose_name=_("social media policy"), blank=True
    )
    corrections = RichTextField(
        _("corrections"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("Left empty, a sentence says that inaccuracies are corrected as soon as possible."),
    )

    press_office_panels: ClassVar[list[Any]] = [
        FieldPanel("introduction"),
        ContactsPanel("contacts", widget=forms.CheckboxSelectMultiple),
        MultiFieldPanel(
            [
                FieldPanel("public_notice"),
                FieldRowPanel([FieldPanel("enquiries_page"), FieldPanel("enquiries_url")]),
                FieldPanel("shows_emergency_numbers"),
            ],
            heading=_("For the public"),
        ),
        MultiFieldPanel(
            [FieldPanel("policy_introduction"), FieldPanel("policy"), FieldPanel("corrections")],
            heading=_("Social media policy"),
        ),
    ]

    class Meta:
        abstract = True

    def get_contacts(self) -> list[ContactInfo]:
        """Override this to show others. The chosen contacts, or all that may be shown."""
        book = current().reference.contacts
        keys = [str(contact.translation_key) for contact in self.contacts.all()]
        return book.chosen(keys) or list(book.contacts)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Serve the page; no cache may keep it beyond the next change of a contact."""
        serve = partial(super().serve, request, *args, **kwargs)
        return limit_lifetime(request, serve, next_day_or_answering, partial(expiry_of, self))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        lang = self.locale.language_code  # type: ignore[attr-defined]
        first, groups = self._groups(lang, timezone.now())
        return (
            context
            | public_context()
            | {
                "first_contacts": first,
                "contact_groups": groups,
                "address": self._address(),
                "desk": self._desk(lang),
                "enquiries_link": self._enquiries_link(request),
                "versions": versions_of_page(self, lang),
            }
        )

    def _desk(self, lang: str) -> dict[str, Any] | None:
        """Return the one number to call now, among this page's contacts."""
        contacts = self.get_contacts()
        asked = [contact for contact in contacts if contact.national] or contacts[:1]
        return find_desk(current().reference, lang, asked)

    def _groups(
        self, lang: str, when: datetime.datetime
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the contacts for the whole service, and all others by scope.

        Those for the whole service come with their out-of-hours line and are shown large.
        """
        reference, contacts = current().reference, self.get_contacts()
        national = [one for one in contacts if one.national] or contacts[:1]
        first = contact_lines(national, reference, lang, when)
        shown = {line["id"] for line in first}
        others = [one for one in contacts if one.key not in shown]
        by_subject = [one for one in others if one.crime_types or one.topics]
        by_area = [one for one in others if one.areas and one not in by_subject]
        rest = [one for one in others if one not in by_subject and one not in by_area]
        groups = []
        for title, found in ((_("By area"), by_area), (_("By subject"), by_subject), (_("Others"), rest)):
            # The line for out of hours is above already, unless it is another one.
            lines = [line for line in contact_lines(found, reference, lang, when) if line["id"] not in shown]
            if lines:
                groups.append({"title": title, "contacts": lines})
        return first, groups

    def _enquiries_link(self, request: HttpRequest) -> str:
        page = self.enquiries_page
        if page is not None and is_public(page.specific):
            return page.get_url(request) or ""
        return safe_url(self.enquiries_url)

    def get_public_links(self) -> PublicLinks:
        """Return which links everybody may follow.

        Links of the texts, and the page for enquiries.
        """
        return PublicLinks(self, current().reference, also=[self.enquiries_page_id])

    def get_public_data(
        self, lang: str, links: PublicLinks | None = None, when: datetime.datetime | None = None
    ) -> dict[str, Any]:
        """Return what the page shows, as plain JSON values.

        With labels in ``lang`` and absolute addresses. The texts are in the page's own language. Who answers
        is said for ``when``, now without it. The caller has checked that the page is public.
        """
        links = links or self.get_public_links()
        with translation.override(lang):
            return {
                "title": self.title,  # type: ignore[attr-defined]
                "url": self._address(),
                "language": self.locale.language_code,  # type: ignore[attr-defined]
                "introduction": links.html(self.introduction),
                "contact_groups": self._groups_data(lang, when or timezone.now()),
                "public_notice": self._notice_data(links),
                "emergency_numbers": self._emergency_data(),
                "social_media_policy": self._policy_data(links),
            }

    def _address(self) -> str:
        return address_of(current().reference.roots, self.url_path)  # type: ignore[attr-defined]

    def _groups_data(self, lang: str, when: datetime.datetime) -> list[dict[str, Any]]:
        first, groups = self._groups(lang, when)
        if first:
            groups = [{"title": _now("Contact for journalists"), "contacts": first}, *groups]
        return [
            {
                "title": str(group["title"]),
                # As ``press-contacts/`` gives them: what a contact is there for, its role and hours say.
                "contacts": [
                    {name: value for name, value in line.items() if name not in PAGE_ONLY}
                    for line in group["contacts"]
                ],
            }
            for group in groups
        ]

    def _notice_data(self, links: PublicLinks) -> dict[str, Any]:
        usual = _now(
            "The press office answers accredited journalists only. It cannot help with other enquiries."
        )
        address = safe_url(self.enquiries_url)
        page = self.enquiries_page if links.is_open(self.enquiries_page_id) else None
        if page is not None and page.alias_of_id is None:
            address = address_of(current().reference.roots, page.url_path)
        return {
            "title": _now("Not a journalist?"),
            "html": links.html(self.public_notice) or f"<p>{usual}</p>",
            "enquiries": {"title": _now("How to make a public enquiry"), "url": address} if address else None,
        }

    def _emergency_data(self) -> list[dict[str, str]]:
        if not self.shows_emergency_numbers:
            return []
        return [
            {"title": _now("To report a crime, call the police:"), "number": "101", "url": "tel:101"},
            {"title": _now("In an emergency, call"), "number": "999", "url": "tel:999"},
        ]

    def _policy_data(self, links: PublicLinks) -> dict[str, Any] | None:
        if not self.policy and not self.policy_introduction:
            return None
        page = self._address()
        parts = [
            {"title": str(part["title"]), "anchor": anchor_of(part), "html": links.html(part["text"])}
            for part in (block.value for block in self.policy)
        ]
        usual = f"<p>{_now('We correct inaccuracies as soon as possible.')}</p>"
        corrections = {
            "title": _now("Corrections"),
            "anchor": "corrections",
            "html": links.html(self.corrections) or usual,
        }
        return {
            "title": _now("Social media policy"),
            "anchor": "social-media-policy",
            "url": f"{page}#social-media-policy",
            "introduction": links.html(self.policy_introduction),
            "parts": [
                {**part, "url": f"{page}#{part['anchor']}" if part["anchor"] else page}
                for part in (*parts, corrections)
            ],
        }
