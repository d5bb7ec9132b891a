"""Removal of metadata from image files, without touching their pixels.

Metadata are EXIF, GPS, XMP, IPTC, comments.

Each format is cut down to the parts that are known to be needed for showing the picture: what nobody has thought
of is removed, not kept. Colour profiles stay.
"""

from __future__ import annotations

import functools
import re
import struct
from collections.abc import Callable, Iterator

from .boxes import strip_boxes
from .svg import strip_svg
from .tiff import strip_tiff


class BrokenImageError(ValueError):
    """A file that begins as an image of a known format and can't be read on."""


def strip_metadata(data: bytes) -> bytes:
    """Return an image file without its metadata; a file of another format as it is.

    Raises:
        BrokenImageError: the file is damaged, so nobody can say what it carries.
    """
    strip = _stripper(data)
    if strip is None:
        return data
    try:
        return strip(data)
    except (IndexError, ValueError, SyntaxError, RecursionError, struct.error) as error:
        raise BrokenImageError(str(error)) from error


def is_known_image(data: bytes) -> bool:
    """Return whether ``strip_metadata`` knows the format of a file.

    By its first bytes.
    """
    return _stripper(data) is not None


def _stripper(data: bytes) -> Callable[[bytes], bytes] | None:
    if data[:3] == b"\xff\xd8\xff":
        return _strip_jpeg
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _strip_png
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _strip_webp
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return _strip_gif
    if data[4:8] == b"ftyp" and data[8:12] in _STILL_BRANDS:
        return strip_boxes
    if data[:4] in (b"II*\0", b"MM\0*"):
        return strip_tiff
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE svg|svg|\w+:svg)", data[:200]) and (
        b"<svg" in data or b":svg" in data
    ):
        return functools.partial(strip_svg, strip=strip_metadata)
    return None


#: Major brands of AVIF and HEIF files; films have others.
_STILL_BRANDS = {b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}

# -- JPEG (ITU-T T.81, annex B) ------------------------------------------------------------------------------------

#: Start of frame, Huffman and quantisation tables, restart interval, and so on: what decoders need.
_JPEG_KEPT = {*range(0xC0, 0xD0), *range(0xDA, 0xE0)}
_JPEG_ALONE = {0x01, *range(0xD0, 0xD9)}
#: Where coded data ends: a marker that is neither a stuffed byte nor a restart.
_JPEG_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")


def _strip_jpeg(data: bytes) -> bytes:
    """Keep tables, frames, scans and colour profile of a JPEG.

    Drops all that follows the end of the first picture.
    """
    out, place = [b"\xff\xd8"], 2
    while place < len(data):
        if data[place] != 0xFF:
            raise BrokenImageError("no marker where a JPEG segment should begin")
        while data[place] == 0xFF:
            place += 1
        marker, place = data[place], place + 1
        if marker == 0xD9:
            break
        if marker in _JPEG_ALONE:
            continue
        length = int.from_bytes(data[place : place + 2], "big")
        if length < 2 or place + length > len(data):
            raise BrokenImageError("a JPEG segment with a wrong length")
        segment, place = _jpeg_segment(marker, data[place + 2 : place + length]), place + length
        if segment is not None:
            out.append(bytes((0xFF, marker)) + (len(segment) + 2).to_bytes(2, "big") + segment)
        if marker == 0xDA:
            found = _JPEG_MARKER.search(data, place)
            end = found.start() if found else len(data)
            out.append(data[place:end])
            place = end
    return b"".join([*out, b"\xff\xd9"])


def _jpeg_segment(marker: int, payload: bytes) -> bytes | None:
    """Return what is kept of a segment, ``None`` for nothing."""
    if marker in _JPEG_KEPT:
        return payload
    if marker == 0xE0 and payload[:5] == b"JFIF\0":
        return payload[:12] + b"\0\0"  # without its thumbnail
    if marker == 0xE2 and payload[:12] == b"ICC_PROFILE\0":
        return payload
    if marker == 0xEE and payload[:5] == b"Adobe":
        return payload[:12]  # how colours are coded
    return None


# -- PNG (W3C PNG, third edition) ----------------------------------------------------------------------------------

_PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD"),
    *(b"hIST", b"pHYs", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT"),
}


def _strip_png(data: bytes) -> bytes:
    out, place = [data[:8]], 8
    while place + 8 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        kind = data[place + 4 : place + 8]
        if kind in _PNG_KEPT:
            out.append(data[place:end])
        place = end
        if kind == b"IEND":
            break
    return b"".join(out)


# -- WebP (RFC 9649) -----------------------------------------------------------------------------------------------

_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
#: Flags of VP8X that announce EXIF and XMP.
_WEBP_FLAGS = 0x08 | 0x04


def _strip_webp(data: bytes) -> bytes:
    chunks = []
    for kind, payload in riff_chunks(data, 12):
        if kind not in _WEBP_KEPT:
            continue
        if kind == b"VP8X":
            payload = bytes((payload[0] & ~_WEBP_FLAGS,)) + payload[1:10]
        elif kind == b"ANMF":  # a frame: sixteen bytes of its own, then chunks
            inner = [riff_chunk(name, part) for name, part in riff_chunks(payload, 16) if name in _WEBP_KEPT]
            payload = payload[:16] + b"".join(inner)
        chunks.append(riff_chunk(kind, payload))
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def riff_chunks(data: bytes, place: int) -> Iterator[tuple[bytes, bytes]]:
    while place + 8 <= len(data):
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        yield data[place : place + 4], data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def riff_chunk(kind: bytes, payload: bytes) -> bytes:
    return kind + len(payload).to_bytes(4, "little") + payload + b"\0" * (len(payload) % 2)


# -- GIF (GIF89a) --------------------------------------------------------------------------------------------------

#: Extensions of applications that change how the picture looks: repetition and colour profile.
_GIF_KEPT = {b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"}


def _strip_gif(data: bytes) -> bytes:
    place = 13 + _gif_table(data[10])
    out = [data[:place]]
    while place < len(data):
        start, kind = place, data[place]
        if kind == 0x3B:
            break
        if kind == 0x2C:
            place = _gif_blocks(data, start + 11 + _gif_table(data[start + 9]))
            out.append(data[start:place])
        elif kind == 0x21:
            place = _gif_blocks(data, start + 2)
            if data[start + 1] == 0xF9 or (
                data[start + 1] == 0xFF and data[start + 3 : start + 14] in _GIF_KEPT
            ):
                out.append(data[start:place])
        else:
            raise BrokenImageError("no block where a GIF block should begin")
    return b"".join([*out, b"\x3b"])


def _gif_table(flags: int) -> int:
    """Return the size of a colour table, by the flags that announce it."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks(data: bytes, place: int) -> int:
    """Return where a chain of sub-blocks ends."""
    while data[place]:
        place += data[place] + 1
    return place + 1
