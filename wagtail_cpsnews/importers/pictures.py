"""Pictures of stories become images of the project's image model.

Each file once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.defaultfilters import filesizeformat
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.models import Collection

from .story import Picture


class PictureError(Exception):
    """A file that cannot become an image. The text is for people."""


class NewFiles:
    """Files that were written to storage for one story.

    They are deleted when its transaction is rolled back.
    """

    def __init__(self) -> None:
        self._images: list[tuple[Any, str]] = []

    def save(self, image: Any) -> None:
        """Save a new image and remember its file.

        A file that storage has written only in part is remembered, too.
        """
        file = image.file
        wanted = file.field.generate_filename(image, file.name)
        self._images.append((image, file.storage.get_available_name(wanted, file.field.max_length)))
        image.save()

    def delete(self) -> None:
        """Delete the files that were written."""
        for image, wanted in self._images:
            storage = image.file.storage
            if image.file._committed:  # FieldFile.save: the storage has given it its name
                storage.delete(image.file.name)
            elif storage.exists(wanted) and _is_part(storage, wanted, image.file):
                storage.delete(wanted)


def _is_part(storage: Any, name: str, content: Any) -> bool:
    """Return whether a stored file is only the beginning of ``content``.

    A full disk leaves such a file. A file that an image has is not one.
    """
    if get_image_model()._default_manager.filter(file=name).exists():
        return False
    content.seek(0)
    with storage.open(name) as stored:
        written = stored.read(content.size + 1)
    return bool(content.read(len(written)) == written)


@contextmanager
def new_files() -> Iterator[NewFiles]:
    """Delete the files written in this context if an exception ends it.

    It has to enclose the transaction.
    """
    files = NewFiles()
    try:
        yield files
    except BaseException:
        files.delete()
        raise


def find_image(picture: Picture) -> Any | None:
    """Return the image that was made of a file with the same content, or ``None``."""
    return get_image_model()._default_manager.filter(file_hash=picture.content_hash).order_by("pk").first()


def make_image(picture: Picture, path: Path, files: NewFiles) -> Any:
    """Make an image of ``path`` in the root collection.

    By the rules that hold for an editor's upload.

    Raises ``PictureError``; what storage raises is not caught, so that the story is imported again later.
    """
    field = WagtailImageField()
    try:
        size = path.stat().st_size
        if field.max_upload_size is not None and size > field.max_upload_size:
            raise PictureError(
                f"the picture {path.name} cannot be used: it has {filesizeformat(size)}, "
                f"more than {field.max_upload_size_text}"
            )
        upload = field.clean(SimpleUploadedFile(path.name, path.read_bytes()))
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
    files.save(image)
    return image
