"""Telephone numbers as people write them, and as telephones dial them."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: Numbers that are dialled as they stand: 101, 999, 116 123.
SHORT = re.compile(r"[1-9][0-9]{2,5}")
_EXTENSION = re.compile(r"(?:ext(?:ension|\.)?|x|est(?:yniad|\.)?)\s*\.?\s*([0-9]{1,7})\s*$", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s().\-–/]")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_NATIONAL = re.compile(r"0[1-9][0-9]{8,9}")


def tel(number: str) -> str:
    """The number as a ``tel:`` address: ``020 7946 0123`` gives ``tel:+442079460123``, ``101`` gives ``tel:101``.

    Raises ``ValidationError`` for what is no telephone number.
    """
    extension = _EXTENSION.search(number)
    main = number[: extension.start()] if extension else number
    main = re.sub(r"^(\s*(?:\+|00)\s*44\s*)\(0\)", r"\1", main)
    digits = _PUNCTUATION.sub("", main)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if _NATIONAL.fullmatch(digits):
        digits = f"+44{digits[1:]}"
    if not (_INTERNATIONAL.fullmatch(digits) or SHORT.fullmatch(digits)):
        raise ValidationError(
            _("“%(number)s” is not a telephone number. Write it as you would dial it: 020 7946 0123.")
            % {"number": number}
        )
    return f"tel:{digits}{f';ext={extension[1]}' if extension else ''}"
