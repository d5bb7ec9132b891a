"""Where to paste the code in each content management system, and which of it was tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Recipe:
    """How to put a list into one system. ``tried``: what was run, or "" when nobody of us has run it."""

    name: Any
    doors: tuple[str, ...]
    steps: tuple[Any, ...]
    tried: Any = ""


RECIPES = (
    Recipe(
        _("A page of plain HTML"),
        ("element", "iframe", "link"),
        (
            _("Paste the code where the list should appear."),
            _(
                "If the page sends a Content-Security-Policy, add our address to script-src and connect-src "
                "(element) or to frame-src (frame)."
            ),
        ),
        _(
            "The element in Chromium and Firefox; the frame, a plain file and pages with a strict policy in Chromium."
        ),
    ),
    Recipe(
        "WordPress",
        ("element", "iframe", "link"),
        (
            _(
                "As an administrator, add a “Custom HTML” block and paste the code for a script or a frame. WordPress "
                "takes both out of what authors write, and in a network out of what all but its highest administrators "
                "write: what stays then is the link."
            ),
            _(
                "In the classic editor, paste the code as a paragraph of its own in the “Text” tab, and save without "
                "changing to “Visual”."
            ),
            _(
                "As anybody, paste the address of our list into an “Embed” block: WordPress asks us for a frame and "
                "keeps it. It needs no plugin."
            ),
        ),
        _(
            "WordPress 6.1: script and frame as administrator, what stays of them as author, the “Embed” block as author."
        ),
    ),
    Recipe(
        "Wagtail",
        ("element", "iframe"),
        (
            _(
                "Install this package (none of its apps) and put its block into a StreamField with the "
                "first code below: editors choose filters, number and heading."
            ),
            _(
                "Or name us among WAGTAILEMBEDS_FINDERS with the others: editors paste our list’s address into an embed."
            ),
            _("Or put the code for a script into a template."),
        ),
        _("The block and Wagtail’s own oEmbed finder, with Wagtail 7.4 and 8.0."),
    ),
    Recipe(
        "Drupal, LocalGov Drupal",
        ("element", "iframe", "link"),
        (
            _(
                "Add a block or paragraph whose text format is “Full HTML”, switch to its source and paste the code. The "
                "formats “Basic HTML” and “Restricted HTML” leave the link."
            ),
            _("With the module “oEmbed providers”, add us as a provider by our oEmbed address."),
        ),
    ),
    Recipe(
        "Jadu",
        ("element", "iframe", "link"),
        (
            _("Put the code for a script into a widget of raw HTML on the homepage or in a supplement."),
            _(
                "Where only the editor of a document is at hand, use its source view and the frame or the link."
            ),
        ),
    ),
    Recipe(
        "Umbraco",
        ("element", "iframe", "link"),
        (
            _("Let a developer put the code into a partial view or a block of raw HTML."),
            _(
                "The rich text editor keeps a frame only when iframe is among its valid elements; the link always stays."
            ),
        ),
    ),
    Recipe(
        "GOSS iCM",
        ("element", "iframe", "link"),
        (
            _(
                "Use an inline script or raw HTML article extra for the script, or the source view for the frame."
            ),
        ),
    ),
    Recipe(
        "Contensis",
        ("element", "iframe", "link"),
        (_("Put the code into a Razor view or an HTML control; in a rich text field, use the link."),),
    ),
    Recipe(
        "SharePoint",
        ("iframe", "link"),
        (
            _(
                "Modern pages run no scripts of others. An administrator adds our host under “HTML field security”; then "
                "use the “Embed” web part with the code for a frame."
            ),
            _("Give the frame a fixed height: its page cannot follow the height that ours tells."),
        ),
    ),
)
