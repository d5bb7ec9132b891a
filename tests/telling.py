"""Long parametrisations.

A few telling values in ``make test``, every one in ``make test-slow``.
"""

import pytest


def telling(values, *kept):
    """Return the values as parameters, those that are not kept marked as slow."""
    values = list(values)
    assert all(value in values for value in kept)
    return [value if value in kept else pytest.param(value, marks=pytest.mark.slow) for value in values]
