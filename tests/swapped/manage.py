#!/usr/bin/env python
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).resolve().parents[2]))  # for ``tests.settings_host``
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "house.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
