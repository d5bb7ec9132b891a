"""Image files that carry everything that nobody wants to publish.

One for each format, with a text to search for.
"""

import io
import struct
import zlib

from PIL import Image, ImageCms, PngImagePlugin

#: In every field of metadata of every file made here.
MARKER = "Rosemary-Cottage-51.5074N"
WORDS = MARKER.encode()
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>{MARKER}</place></x:xmpmeta>'.encode()
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(orientation=1, **credits):
    """EXIF with a place, GPS and words; ``artist`` and ``copyright`` as given."""
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010E] = MARKER
    made[0x010F] = MARKER
    if "artist" in credits:
        made[0x013B] = credits["artist"]
    if "copyright" in credits:
        made[0x8298] = credits["copyright"]
    made.get_ifd(0x8769)[0x9286] = MARKER
    gps = made.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4], gps[29] = "N", (51.0, 30.0, 26.0), "W", (0.0, 7.0, 39.0), MARKER
    return made


def iptc(fields):
    """A Photoshop segment with IPTC data sets, as agencies write them."""
    sets = b"".join(
        struct.pack(">BBBH", 0x1C, 2, number, len(text)) + text.encode() for number, text in fields.items()
    )
    sets += b"\0" * (len(sets) % 2)
    return b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(sets)) + sets


def drawing(size=(64, 40), mode="RGB"):
    """A picture that looks another way when it is turned: red above, blue below."""
    picture = Image.new(mode, size, "red")
    picture.paste(Image.new(mode, (size[0], size[1] // 2), "blue"), (0, size[1] // 2))
    return picture


def jpeg(orientation=1, iptc_fields=None, size=(64, 40), **credits):
    buffer = io.BytesIO()
    made = exif(orientation, **credits)
    drawing(size).save(
        buffer, "JPEG", exif=made, comment=MARKER, xmp=XMP, icc_profile=ICC, quality=95, progressive=True
    )
    data = buffer.getvalue()
    payload = iptc({5: MARKER, 90: MARKER, **(iptc_fields or {})})
    segment = b"\xff\xed" + struct.pack(">H", len(payload) + 2) + payload
    maker = b"\xff\xe5" + struct.pack(">H", len(WORDS) + 2) + WORDS
    return data[:2] + segment + maker + data[2:] + b"trailer " + WORDS


def png(orientation=1, **texts):
    buffer, info = io.BytesIO(), PngImagePlugin.PngInfo()
    info.add_text("Location", MARKER)
    info.add_text("Comment", MARKER, zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    for name, text in texts.items():
        info.add_text(name, text)
    drawing().save(buffer, "PNG", exif=exif(orientation), pnginfo=info, icc_profile=ICC)
    data = buffer.getvalue()
    own = b"zzZz" + WORDS
    chunk = len(WORDS).to_bytes(4, "big") + own + zlib.crc32(own).to_bytes(4, "big")
    return data[:33] + chunk + data[33:] + b"trailer " + WORDS


def webp(orientation=1):
    buffer = io.BytesIO()
    drawing().save(buffer, "WEBP", exif=exif(orientation), xmp=XMP, icc_profile=ICC, lossless=True)
    return buffer.getvalue() + b"trailer " + WORDS


def animated_webp():
    buffer, frames = io.BytesIO(), [drawing(), Image.new("RGB", (64, 40), "green")]
    frames[0].save(
        buffer, "WEBP", save_all=True, append_images=frames[1:], duration=100, loop=0, exif=exif(), xmp=XMP,
        icc_profile=ICC,
    )  # fmt: skip
    return buffer.getvalue()


def avif(orientation=1):
    buffer = io.BytesIO()
    drawing().save(buffer, "AVIF", exif=exif(orientation), xmp=XMP, icc_profile=ICC, quality=90)
    return buffer.getvalue() + struct.pack(">I", 8 + 16 + len(WORDS)) + b"uuid" + bytes(16) + WORDS


def heic(orientation=1):
    import pillow_heif

    pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    drawing().save(buffer, "HEIF", exif=exif(orientation).tobytes(), xmp=XMP, icc_profile=ICC, quality=90)
    return buffer.getvalue()


def gif():
    buffer = io.BytesIO()
    drawing().convert("P").save(buffer, "GIF", comment=MARKER)
    return _gif_with_xmp(buffer.getvalue())


def animated_gif():
    buffer, frames = io.BytesIO(), [drawing().convert("P"), Image.new("P", (64, 40), 3)]
    frames[0].save(
        buffer, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0, comment=MARKER
    )
    return _gif_with_xmp(buffer.getvalue())


def _gif_with_xmp(data):
    """Return XMP as Adobe puts it into a GIF.

    Bytes that no sub-block holds, and a trailer that catches readers.
    """
    trailer = b"\x01" + bytes(range(0xFF, -1, -1)) + b"\0"
    extension = b"\x21\xff\x0bXMP DataXMP" + XMP + trailer
    end = data.rindex(b"\x3b")
    return data[:end] + extension + data[end:] + b"trailer " + WORDS


def tiff(orientation=1):
    buffer = io.BytesIO()
    made = exif(orientation)
    made[700] = XMP
    made[33723] = WORDS
    drawing().save(
        buffer, "TIFF", exif=made, icc_profile=ICC, save_all=True, append_images=[drawing((32, 20))]
    )
    return buffer.getvalue()


def svg():
    inner = __import__("base64").b64encode(jpeg()).decode()
    return (
        f"<?xml version='1.0'?><!-- {MARKER} --><svg xmlns='http://www.w3.org/2000/svg' width='64' height='40'"
        f" viewBox='0 0 64 40' xmlns:xlink='http://www.w3.org/1999/xlink' xmlns:i='http://www.inkscape.org/i'"
        f" i:export-filename='{MARKER}'><metadata>{MARKER}</metadata><i:view note='{MARKER}'/>"
        f"<rect width='64' height='20' fill='red'/>"
        f"<image width='9' height='9' xlink:href='data:image/jpeg;base64,{inner}'/></svg>"
    ).encode()


#: By file ending.
MAKERS = {
    "jpg": jpeg,
    "png": png,
    "webp": webp,
    "animated.webp": animated_webp,
    "avif": avif,
    "heic": heic,
    "gif": gif,
    "animated.gif": animated_gif,
    "tif": tiff,
    "svg": svg,
}
