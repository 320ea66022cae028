"""What an ultrasound scanner writes around its picture: settings, a depth scale, a colour bar and an ECG."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from pacs.samples import heart

ECG_AREA = (40, 545, 760, 592)  # x0, y0, x1, y1 in pixels
BEATS_SHOWN = 2
SETTINGS = ("ADULT ECHO", "A4C", "50 Hz", "15.6 cm", "", "2D  54%", "C 50", "P Low", "", "CF  62%", "2.5 MHz")
# Waves of the ECG: place in the beat, width, height.
WAVES = ((0.90, 0.022, 0.16), (0.985, 0.006, -0.14), (0, 0.008, 1), (0.016, 0.007, -0.26), (0.3, 0.04, 0.28))
GREY, GREEN = (176, 186, 196), (96, 220, 130)

Colour = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class ScreenPainter:
    """Finishes frames of one cine."""

    rows: int
    columns: int
    apex_x: int
    apex_y: int
    cm_per_pixel: float
    depth_cm: float
    frames: int

    def finished(self, picture: Colour, frame: int) -> Colour:
        """The picture with everything around it; the ECG's dot stands where this frame is in the beat."""
        whole = np.maximum(picture, self._surroundings)
        x, y = self._ecg_point((frame / self.frames + 1) / BEATS_SHOWN)
        column, row = round(x), round(y)
        whole[row - 3 : row + 4, column - 3 : column + 4] = (255, 230, 120)
        return whole

    @cached_property
    def _surroundings(self) -> Colour:
        image = Image.new("RGB", (self.columns, self.rows))
        pen = ImageDraw.Draw(image)
        for line, text in enumerate(SETTINGS):
            pen.text((14, 60 + 19 * line), text, GREY, ImageFont.load_default(14))
        self._draw_scale(pen)
        self._draw_colour_bar(image, pen)
        trace = [self._ecg_point(step / 720) for step in range(721)]
        pen.line(trace, GREEN, 2)
        pen.text((ECG_AREA[2] - 52, ECG_AREA[1] - 14), "62 bpm", GREEN, ImageFont.load_default(14))
        return np.asarray(image)

    def _draw_scale(self, pen: ImageDraw.ImageDraw) -> None:
        x = self.apex_x + 342
        for cm in range(int(self.depth_cm) + 1):
            y = self.apex_y + cm / self.cm_per_pixel
            pen.line([(x, y), (x + (12 if cm % 5 == 0 else 6), y)], GREY)
            if cm % 5 == 0 and cm:
                pen.text((x + 16, y - 8), str(cm), GREY, ImageFont.load_default(13))

    def _draw_colour_bar(self, image: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        speeds = np.linspace(0.68, -0.68, 140, dtype=np.float32)
        bar = np.repeat(heart.flow_colours(speeds)[:, None, :], 16, axis=1).astype(np.uint8)
        bar[67:73] = 0
        image.paste(Image.fromarray(bar), (self.columns - 40, 76))
        pen.text((self.columns - 52, 58), "+69", GREY, ImageFont.load_default(13))
        pen.text((self.columns - 50, 220), "-69 cm/s", GREY, ImageFont.load_default(11))

    def _ecg_point(self, share: float) -> tuple[float, float]:
        """Where the trace is after this share of its width."""
        left, top, right, bottom = ECG_AREA
        phase = (share * BEATS_SHOWN) % 1
        height = sum(
            size * np.exp(-(((phase - place + 0.5) % 1 - 0.5) ** 2) / (2 * width**2))
            for place, width, size in WAVES
        )
        return left + share * (right - left), float(bottom - 12 - height * (bottom - top - 14))
