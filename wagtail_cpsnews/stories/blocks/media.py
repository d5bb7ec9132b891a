"""Blocks of media: image, video or audio, document."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from ...catalogue.public_values import rich_html
from ...catalogue.richtext import safe_url
from ...images.renditions import rendition_facts, rendition_url

IMAGE_FILTER = "max-1320x1320"

#: File endings that are played as sound, not as a film.
SOUND = {"mp3", "m4a", "ogg", "oga", "wav"}


class ImageBlock(blocks.StructBlock):
    """A picture with what it shows, its caption and whose it is."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("Alternative text"),
        required=False,
        max_length=250,
        help_text=_(
            "Describe the picture for people who cannot see it. Leave it empty only if the picture adds nothing."
        ),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=250)
    credit = blocks.CharBlock(label=_("Credit"), required=False, max_length=150)
    licence = blocks.CharBlock(
        label=_("Licence"),
        required=False,
        max_length=150,
        help_text=_("Only if the picture has a different licence from the story."),
    )

    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, Any] | None:
        """Return address and size of a rendition, not a database key."""
        image = value.get("image")
        if image is None:
            return None
        facts = rendition_facts(image, IMAGE_FILTER)  # without a picture the words stay
        url = rendition_url(facts["name"]) if facts else None
        return {
            "url": url,
            "width": facts["width"] if facts and url else None,
            "height": facts["height"] if facts and url else None,
            "alt": value.get("alt") or "",
            "caption": value.get("caption") or "",
            "credit": value.get("credit") or "",
            "licence": value.get("licence") or "",
        }

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "wagtail_cpsnews/blocks/image.html"


class EmbedBlock(blocks.StructBlock):
    """A recording: played from our own documents, or linked to where it is.

    Somebody else's player is not put into the page: it would tell them who reads it.
    """

    title = blocks.CharBlock(label=_("What it is"), max_length=150)
    file = DocumentChooserBlock(
        label=_("Recording"), required=False, help_text=_("An MP4, WebM, MP3 or Ogg file.")
    )
    url = blocks.URLBlock(label=_("Or its address elsewhere"), required=False)
    transcript = blocks.RichTextBlock(
        label=_("Transcript"), required=False, features=["bold", "italic", "link", "ul"]
    )

    def clean(self, value: Any) -> Any:
        result = super().clean(value)
        if not result.get("file") and not result.get("url") and not self.is_deferred_validation:
            message = ValidationError(_("Choose a recording or give the address of one."))
            raise blocks.StructBlockValidationError(block_errors={"url": message})
        return result

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["host"] = _host(value.get("url") or "")
        context["is_sound"] = bool(value.get("file")) and value["file"].file_extension.lower() in SOUND
        return context

    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, Any]:
        """Return title, address and transcript."""
        file, transcript = value.get("file"), value.get("transcript")
        return {
            "title": value.get("title") or "",
            "url": file.url if file else safe_url(value.get("url")),
            "transcript": rich_html(transcript) if transcript else "",
        }

    class Meta:
        icon = "media"
        label = _("Video or audio")
        template = "wagtail_cpsnews/blocks/embed.html"


def _host(address: str) -> str:
    """Return the host of an address; "" for what a draft holds in place of one."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


class DocumentBlock(blocks.StructBlock):
    """A document to download."""

    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(
        label=_("Title"),
        required=False,
        max_length=150,
        help_text=_("If empty, the document’s own title is used."),
    )

    def get_api_representation(self, value: Any, context: Any = None) -> dict[str, Any] | None:
        """Return title, address and size of the document.

        If not everybody may read it, only the title that the author gave it.
        """
        document, title = value.get("document"), value.get("title")
        if document is None:
            return {"title": title, "url": None, "size": None} if title else None
        return {
            "title": title or document.title,
            "url": document.url,
            "size": document.get_file_size(),
        }

    class Meta:
        icon = "doc-full"
        label = _("Document")
        template = "wagtail_cpsnews/blocks/document.html"
