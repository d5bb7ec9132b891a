"""Telephone numbers as people write them, and as telephones dial them (RFC 3966)."""

from __future__ import annotations

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from ..conf import get_settings

#: Numbers with three to six digits that are dialled as written, such as 101, 999 and 116 123; Ofcom's types A and C.
SHORT_CODES = re.compile(r"1[0-9]{2}|999|116[0-9]{3}|118[0-9]{3}")

#: "est" and "estyniad" are Welsh. The library knows "ext", "extension" and "x".
_WELSH_EXTENSION = re.compile(r"\best(?:yniad|\.)?\s*\.?\s*(?=[0-9]{1,7}\s*$)", re.IGNORECASE)
#: What people write beside digits; anything else is a word, which the library would dial as on a keypad.
_NUMBER = re.compile(r"\+?[\s0-9().\-–/]+((ext(ension|\.)?|x)[\s.]*[0-9]{1,7})?\s*", re.IGNORECASE)


def tel(number: str) -> str:
    """Return a number as a ``tel:`` address.

    ``020 7946 0123`` gives ``tel:+442079460123``, ``101`` gives ``tel:101``.

    A number without a country code belongs to the setting ``PHONE_REGION``. It has to be possible, not in use: the
    numbers that Ofcom keeps for drama are in no list of used ones.

    Raises:
        ValidationError: it is not a telephone number.
    """
    text = _WELSH_EXTENSION.sub("ext ", number.strip())
    digits = re.sub(r"[\s().\-–/]", "", text)
    if SHORT_CODES.fullmatch(digits):
        return f"tel:{digits}"
    parsed = _parse(text)
    if parsed is None:
        raise ValidationError(
            _("“%(number)s” is not a telephone number. Write it as you would dial it: 020 7946 0123.")
            % {"number": number}
        )
    address = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return f"tel:{address}{f';ext={parsed.extension}' if parsed.extension else ''}"


def _parse(text: str) -> PhoneNumber | None:
    """Return the number, or None when no telephone could dial it."""
    if not _NUMBER.fullmatch(text):
        return None
    region = get_settings().PHONE_REGION
    try:
        parsed = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if phonenumbers.ndd_prefix_for_region(region, True) == "0" and not re.match(r"[\s(]*[+0]", text):
        return None  # a local number, which cannot be dialled from elsewhere
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    return parsed if possible == ValidationResult.IS_POSSIBLE else None
