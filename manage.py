#!/usr/bin/env python
"""Django's command line for Lightbox."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from pacs.env import BadSetting


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs.settings")
    try:
        execute_from_command_line(sys.argv)
    except (BadSetting, ImproperlyConfigured) as error:
        sys.exit(str(error))  # whoever mistyped a setting needs its name, not our call stack


if __name__ == "__main__":
    main()
