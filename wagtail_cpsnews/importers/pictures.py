"""Pictures that come with stories become images of the project's image model, each file once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.models import Collection

from .story import Picture


class PictureError(Exception):
    """A file that cannot become an image. The text is for people."""


def find_image(picture: Picture) -> Any | None:
    """The image that was made of a file with the same content, or ``None``."""
    return get_image_model()._default_manager.filter(file_hash=picture.content_hash).order_by("pk").first()


def make_image(picture: Picture, path: Path) -> Any:
    """Makes an image of ``path``, in the root collection, by the rules that hold for an editor's upload.

    Raises ``PictureError``.
    """
    try:
        upload = WagtailImageField().clean(SimpleUploadedFile(path.name, path.read_bytes()))
    except (ValidationError, OSError) as error:
        why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise PictureError(f"the picture {path.name} cannot be used: {why}") from error
    image = get_image_model()(
        title=(picture.alt or picture.name)[:255],
        collection=Collection.get_first_root_node(),
        file=upload,
        file_size=upload.size,
        file_hash=picture.content_hash,
    )
    if hasattr(image, "description"):
        image.description = picture.alt[:255]
    image.save()
    return image
