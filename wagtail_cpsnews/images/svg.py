"""Removal of metadata from SVG files.

Descriptions of the file, the editor's own data, pictures inside it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from xml.etree import ElementTree

from defusedxml import ElementTree as SafeElementTree  # type: ignore[import-untyped]

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_KEPT = {"", _SVG, _XLINK, _XML}

_DATA_URI = re.compile(r"\s*data:([\w.+/-]+);base64,(.*)", re.DOTALL)


#: Removes the metadata of a picture inside an SVG file.
Strip = Callable[[bytes], bytes]


def strip_svg(data: bytes, strip: Strip) -> bytes:
    """Return an SVG file with what is drawn.

    The parser drops comments and processing instructions.

    Args:
        strip: Is given each picture inside the file.

    Raises:
        ValueError: the file is no safe XML.
    """
    root = SafeElementTree.fromstring(data)
    _strip_element(root, strip)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _strip_element(element: ElementTree.Element, strip: Strip) -> None:
    for child in list(element):
        if _namespace(child.tag) not in _KEPT or child.tag == f"{{{_SVG}}}metadata":
            element.remove(child)
        else:
            _strip_element(child, strip)
    for name in list(element.attrib):
        if _namespace(name) not in _KEPT:
            del element.attrib[name]
        elif name.rpartition("}")[2] == "href":
            element.attrib[name] = _strip_data_uri(element.attrib[name], strip)


def _namespace(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def _strip_data_uri(value: str, strip: Strip) -> str:
    match = _DATA_URI.fullmatch(value)
    if not match:
        return value
    try:
        content = base64.b64decode(re.sub(r"\s", "", match[2]), validate=True)
    except binascii.Error:
        return value
    return f"data:{match[1]};base64,{base64.b64encode(strip(content)).decode()}"
