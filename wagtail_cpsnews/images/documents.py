"""Documents that are picture files, served without metadata.

The stored file stays as it is.
"""

from __future__ import annotations

import hashlib
import io
import logging
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import etag
from PIL import Image, ImageOps
from wagtail.documents import get_document_model
from wagtail.documents.models import document_served

from ..conf import get_settings
from .credits import add_credits, read_credits
from .metadata import BrokenImageError, is_known_image, strip_metadata

logger = logging.getLogger("wagtail_cpsnews")

#: Endings under which a file is read to see whether it is a picture, where reading one is a request to a storage.
_ENDINGS = {
    *(
        "jpg",
        "jpeg",
        "jpe",
        "jfif",
        "png",
        "apng",
        "webp",
        "gif",
        "avif",
        "heic",
        "heif",
        "tif",
        "tiff",
        "svg",
    ),
}
#: As many bytes as it takes to know a format.
_BEGINNING = 4096


def serve_without_metadata(document: Any, request: HttpRequest) -> HttpResponse | None:
    """Return the answer to the download of a picture file.

    ``None`` leaves other files to Wagtail.

    To be asked after all other hooks: who may read a document is decided there.
    """
    try:
        data = _read_picture(document)
    except OSError as error:  # Wagtail answers as it does for a file that is gone
        logger.warning("The document %s can't be read: %s", document.pk, error)
        return None
    if data is None:
        return None
    try:
        clean = clean_picture(data)
    except BrokenImageError as error:
        logger.warning("The document %s is a damaged picture: %s", document.pk, error)
        raise Http404(_("This picture is damaged and can’t be downloaded.")) from error
    document_served.send(sender=get_document_model(), instance=document, request=request)
    return _answer(document, clean, request)


def _answer(document: Any, data: bytes, request: HttpRequest) -> HttpResponse:
    """Return a file with the headers that Wagtail's own view gives it."""

    @etag(lambda request: f'"{hashlib.sha256(data).hexdigest()}"')
    def answer(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(data, content_type=document.content_type)
        response["Content-Disposition"] = document.content_disposition
        if getattr(settings, "WAGTAILDOCS_BLOCK_EMBEDDED_CONTENT", True):
            response["Content-Security-Policy"] = "default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return answer(request)


def _read_picture(document: Any) -> bytes | None:
    if not document.is_stored_locally() and document.file_extension.lower() not in _ENDINGS:
        return None
    with document.open_file() as file:
        beginning = file.read(_BEGINNING)
        if not is_known_image(beginning) or _is_raw(beginning, document.file_extension):
            return None
        return bytes(beginning + file.read())


def _is_raw(beginning: bytes, ending: str) -> bool:
    """Return whether a file is a camera's raw file.

    Most are TIFF with entries that they can't do without.
    """
    return beginning[:4] in (b"II*\0", b"MM\0*") and ending.lower() not in ("tif", "tiff")


def clean_picture(data: bytes) -> bytes:
    """Return a picture file without metadata.

    It is turned as its metadata said.
    """
    bare = strip_metadata(_turned(data))
    kept = get_settings().image_credits
    if not kept:
        return bare
    return add_credits(bare, {name: text for name, text in read_credits(data).items() if name in kept})


#: Formats whose readers turn a picture by its EXIF; the others say it in their own words, which stay.
_TURNED_BY_EXIF = {"JPEG", "PNG", "WEBP"}


def _turned(data: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(data)) as image:
            turn = image.getexif().get(0x0112, 1)
            if image.format not in _TURNED_BY_EXIF or turn == 1 or getattr(image, "n_frames", 1) > 1:
                return data
            made = io.BytesIO()
            options = {} if image.format == "PNG" else {"quality": 95}
            profile = image.info.get("icc_profile")
            ImageOps.exif_transpose(image).save(made, image.format, icc_profile=profile, **options)
            return made.getvalue()
    except Exception as error:  # what Pillow can't read isn't turned; it is stripped all the same
        logger.info("A picture can't be turned: %s", error)
        return data
