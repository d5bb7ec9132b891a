"""The credit fields of an image file that a host project may keep.

Artist, copyright and credit line.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping
from html import unescape
from typing import Any
from xml.sax.saxutils import escape

from PIL import ExifTags, Image, IptcImagePlugin

from ..conf import CREDIT_FIELDS
from .metadata import riff_chunk, riff_chunks

#: Where each is looked for: an EXIF tag, an IPTC data set (IIM 4.2), an XMP property, words of a PNG's text.
_EXIF = {"artist": ExifTags.Base.Artist, "copyright": ExifTags.Base.Copyright}
_IPTC = {"artist": (2, 80), "copyright": (2, 116), "credit": (2, 110)}
_XMP = {"artist": "dc:creator", "copyright": "dc:rights", "credit": "photoshop:Credit"}
_PNG_TEXT = {"artist": "Author", "copyright": "Copyright", "credit": "Credit"}
#: As long as a name or a line may be; a field is no place for a document.
_LONGEST = 500


def read_credits(data: bytes) -> dict[str, str]:
    """Return the credit fields of an image file by name.

    They are read from EXIF, else IPTC, else XMP, else a PNG's text.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            sources = (_from_exif(image), _from_iptc(image), _from_xmp(image), _from_text(image))
    except Exception:  # Pillow raises what its parsers do; a picture without credits is still one
        return {}
    found: dict[str, str] = {}
    for source in sources:
        for name, text in source.items():
            text = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())[:_LONGEST]
            if text:
                found.setdefault(name, text)
    return found


def _from_exif(image: Any) -> dict[str, str]:
    exif = image.getexif()
    return {name: _as_utf8(str(exif[tag])) for name, tag in _EXIF.items() if exif.get(tag)}


def _as_utf8(text: str) -> str:
    """Return as UTF-8 a text that Pillow has read as Latin-1.

    Most programs write UTF-8.
    """
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _from_iptc(image: Any) -> dict[str, str]:
    values = IptcImagePlugin.getiptcinfo(image) or {}
    found = {}
    for name, key in _IPTC.items():
        value = values.get(key)
        parts = value if isinstance(value, list) else [value] if value else []
        if parts:
            found[name] = ", ".join(part.decode("utf-8", "replace") for part in parts)
    return found


def _from_xmp(image: Any) -> dict[str, str]:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    text = packet.decode("utf-8", "replace") if isinstance(packet, bytes) else str(packet)
    found = {}
    for name, tag in _XMP.items():
        match = re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>|\b{tag}\s*=\s*[\"']([^\"']*)[\"']", text, re.DOTALL)
        if match:
            items = re.findall(r"<rdf:li\b[^>]*>(.*?)</rdf:li>", match[1] or "", re.DOTALL)
            words = ", ".join(items) if items else match[1] or match[2] or ""
            found[name] = unescape(re.sub(r"<[^>]*>", "", words))
    return found


def _from_text(image: Any) -> dict[str, str]:
    texts = getattr(image, "text", {})
    return {name: str(texts[key]) for name, key in _PNG_TEXT.items() if texts.get(key)}


def add_credits(data: bytes, credits: Mapping[str, str]) -> bytes:
    """Return an image file with credit fields, as EXIF and XMP.

    A JPEG, PNG or WebP file; other formats carry none.
    """
    if not credits:
        return data
    exif, xmp = _exif(credits), _xmp(credits)
    if data[:3] == b"\xff\xd8\xff":
        return _add_to_jpeg(data, exif, xmp)
    if data[:4] == b"\x89PNG":
        return _add_to_png(data, exif, xmp)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _add_to_webp(data, exif, xmp)
    return data


def _exif(credits: Mapping[str, str]) -> bytes:
    exif = Image.Exif()
    for name, tag in _EXIF.items():
        if name in credits:
            exif[tag] = credits[name].encode()
    return exif.tobytes() if len(exif) else b""


def _xmp(credits: Mapping[str, str]) -> bytes:
    forms = {
        "artist": "<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>",
        "copyright": '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:rights>',
        "credit": "<photoshop:Credit>{}</photoshop:Credit>",
    }
    properties = "".join(
        forms[name].format(escape(credits[name])) for name in CREDIT_FIELDS if name in credits
    )
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">{properties}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def _add_to_jpeg(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    place = 2
    if data[2:4] == b"\xff\xe0":
        place += 2 + int.from_bytes(data[4:6], "big")
    payloads = ([exif] if exif else []) + [b"http://ns.adobe.com/xap/1.0/\0" + xmp]
    segments = b"".join(b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload for payload in payloads)
    return data[:place] + segments + data[place:]


def _add_to_png(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    place = 8 + 12 + int.from_bytes(data[8:12], "big")  # after IHDR
    chunks = [(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)]
    if exif:
        chunks.append((b"eXIf", exif.removeprefix(b"Exif\0\0")))
    made = b"".join(
        len(part).to_bytes(4, "big") + kind + part + zlib.crc32(kind + part).to_bytes(4, "big")
        for kind, part in chunks
    )
    return data[:place] + made + data[place:]


def _add_to_webp(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    chunks = list(riff_chunks(data, 12))
    with Image.open(io.BytesIO(data)) as image:
        (width, height), alpha = image.size, image.mode == "RGBA"
    if chunks[0][0] == b"VP8X":
        flags, canvas = chunks[0][1][0], chunks[0][1][1:]
        chunks = chunks[1:]
    else:
        flags = 0x10 if alpha else 0
        canvas = bytes(3) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    flags |= 0x04 | (0x08 if exif else 0)
    made = [(b"VP8X", bytes((flags,)) + canvas), *chunks]
    made += ([(b"EXIF", exif.removeprefix(b"Exif\0\0"))] if exif else []) + [(b"XMP ", xmp)]
    body = b"WEBP" + b"".join(riff_chunk(kind, part) for kind, part in made)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
