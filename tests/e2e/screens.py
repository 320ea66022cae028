"""The three screens of the tests: a phone and a tablet under fingers, a desk with a mouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Screen:
    """A size in CSS pixels, and what points at it."""

    name: str
    width: int
    height: int
    is_touched: bool
    pixel_ratio: float = 1

    def context(self) -> dict[str, Any]:
        """Options of a browser context that has this screen."""
        return {
            "viewport": {"width": self.width, "height": self.height},
            "has_touch": self.is_touched,
            "is_mobile": self.is_touched,
            "device_scale_factor": self.pixel_ratio,
            "color_scheme": "dark",
            "locale": "en-US",
            "timezone_id": "UTC",
        }


PHONE = Screen("phone", 390, 844, is_touched=True, pixel_ratio=2)
TABLET = Screen("tablet", 820, 1180, is_touched=True)
DESKTOP = Screen("desktop", 1440, 900, is_touched=False)
SCREENS = (PHONE, TABLET, DESKTOP)
