"""Drawn scenes with what a camera writes beside them: time, place, make and owner. All invented."""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageDraw, ImageFilter, ImageFont

SIZE = (960, 720)
_MAKE, _MODEL, _ARTIST = 0x010F, 0x0110, 0x013B
_TAKEN, _OFFSET = 0x9003, 0x9011

Drawing = ImageDraw.ImageDraw


@dataclass(frozen=True)
class Camera:
    """What the device says of itself and of where and when; ``taken`` is by its own clock."""

    taken: str
    offset: str = "+03:00"
    latitude: str | None = None
    longitude: str | None = None
    make: str = "Fictional"
    model: str = "Camera One"
    owner: str | None = None


def photograph(scene: Callable[[Drawing], None], camera: Camera | None) -> bytes:
    """Return a drawn scene as a JPEG with the camera's statements, or without any."""
    picture = Image.new("RGB", SIZE, "#b8c4cc")
    scene(ImageDraw.Draw(picture))
    grain = Image.effect_noise(SIZE, 24).convert("RGB")
    picture = Image.blend(picture.filter(ImageFilter.GaussianBlur(0.6)), grain, 0.06)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=78, exif=_exif(camera) if camera is not None else Image.Exif())
    return out.getvalue()


def frame(scene: Callable[[Drawing], None], size: tuple[int, int]) -> bytes:
    """Return a drawn scene as a small JPEG without any statement, for a film."""
    picture = Image.new("RGB", SIZE, "#a9bcc9")
    scene(ImageDraw.Draw(picture))
    out = io.BytesIO()
    picture.resize(size).save(out, "JPEG", quality=70)
    return out.getvalue()


def scanned(page: bytes, *, turned: float) -> bytes:
    """Return a page (PNG) as a scanner gives it: grey, a little askew, JPEG."""
    sheet = Image.open(io.BytesIO(page)).convert("L").rotate(turned, expand=True, fillcolor=238)
    grain = Image.effect_noise(sheet.size, 14)
    out = io.BytesIO()
    Image.blend(sheet, grain, 0.08).save(out, "JPEG", quality=60)
    return out.getvalue()


def screenshot(lines: list[str]) -> bytes:
    """Return a picture of a page of an invented platform."""
    picture = Image.new("RGB", (800, 560), "#ffffff")
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((0, 0, 800, 56), fill="#24506b")
    for row, line in enumerate(lines):
        _write(drawing, (28, 80 + 34 * row), line, 20, "#202020")
    _write(drawing, (20, 16), "social.example  (fictional platform)", 20, "#ffffff")
    drawing.rectangle((28, 340, 420, 530), fill="#7d8a5c")
    drawing.polygon([(60, 500), (140, 400), (220, 500)], fill="#5b5146")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _exif(camera: Camera) -> Image.Exif:
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL] = camera.make, camera.model
    if camera.owner:
        exif[_ARTIST] = camera.owner
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[_TAKEN], details[_OFFSET] = camera.taken.replace("-", ":").replace("T", " "), camera.offset
    if camera.latitude and camera.longitude:
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        place[1], place[2] = "N", _degrees(camera.latitude)
        place[3], place[4] = "E", _degrees(camera.longitude)
    return exif


def _degrees(text: str) -> tuple[float, float, float]:
    whole, minutes = divmod(float(text) * 60, 60)
    return whole, float(math.floor(minutes)), round((minutes % 1) * 60, 3)


def _write(drawing: Drawing, at: tuple[int, int], text: str, size: int, fill: str) -> None:
    drawing.text(at, text, font=ImageFont.load_default(size), fill=fill)


def school(drawing: Drawing) -> None:
    """Draw the front of the invented school."""
    drawing.rectangle((0, 500, 960, 720), fill="#6d7b58")
    drawing.rectangle((120, 180, 840, 520), fill="#d8c9a4", outline="#7a6a48", width=4)
    drawing.polygon([(100, 180), (480, 80), (860, 180)], fill="#7f4b3a")
    for column in range(6):
        left = 160 + column * 112
        drawing.rectangle((left, 240, left + 64, 320), fill="#5f7d92", outline="#ffffff", width=4)
    drawing.rectangle((440, 390, 520, 520), fill="#5a4332")
    _write(drawing, (370, 345), "SCHOOL (fictional)", 26, "#4a3a2a")


def cellar_door(drawing: Drawing) -> None:
    """Draw the door of the cellar with a bolt on the outside."""
    drawing.rectangle((0, 0, 960, 720), fill="#9a9182")
    drawing.rectangle((0, 560, 960, 720), fill="#7b7466")
    drawing.rectangle((330, 140, 630, 640), fill="#5d4630", outline="#2e2318", width=8)
    for plank in range(5):
        drawing.line((330 + plank * 60, 140, 330 + plank * 60, 640), fill="#463423", width=3)
    drawing.rectangle((560, 360, 690, 390), fill="#3c3c3c")
    drawing.ellipse((676, 352, 712, 398), outline="#222222", width=8)
    _write(drawing, (352, 90), "CELLAR (fictional)", 30, "#303030")


def cellar_inside(drawing: Drawing) -> None:
    """Draw the cellar: boards on the floor, strokes on the wall."""
    drawing.rectangle((0, 0, 960, 720), fill="#6e6a62")
    drawing.polygon([(0, 720), (260, 470), (700, 470), (960, 720)], fill="#56524a")
    for bed in range(4):
        top = 520 + bed * 46
        drawing.rectangle((120 + bed * 30, top, 420 + bed * 30, top + 26), fill="#8a6f4c")
    for day in range(12):
        left = 540 + day * 24 + (day // 5) * 14
        drawing.line((left, 210, left, 270), fill="#e4dcc8", width=5)
    drawing.ellipse((440, 40, 500, 100), fill="#e7d27a")


def wall(drawing: Drawing) -> None:
    """Draw a wall with the marks of shots."""
    drawing.rectangle((0, 0, 960, 720), fill="#c0a98b")
    for row in range(12):
        drawing.line((0, row * 60, 960, row * 60), fill="#a38d70", width=3)
    for mark in range(17):
        x, y = 90 + (mark * 173) % 800, 120 + (mark * 97) % 430
        drawing.ellipse((x, y, x + 26, y + 24), fill="#5a4c3a", outline="#e5d8c2", width=5)


def notebook(drawing: Drawing) -> None:
    """Draw a page of a notebook in which somebody kept count of days."""
    _page(drawing)
    lines = ["day 3: water came late", "day 4: the guard changed", "day 5: we sang softly", "day 9: two more"]
    for row, line in enumerate(lines):
        _write(drawing, (250, 150 + row * 66), line, 34, "#24407a")


def signed_notebook(drawing: Drawing) -> None:
    """Draw the same page with the name of its owner at the top."""
    notebook(drawing)
    _write(drawing, (250, 84), "Z. PRYMARENKO, my book", 34, "#24407a")


def blacked_notebook(drawing: Drawing) -> None:
    """Draw the same page with the line at its top covered."""
    notebook(drawing)
    drawing.rectangle((240, 78, 720, 130), fill="#000000")


def diary(drawing: Drawing) -> None:
    """Draw a page of another diary."""
    _page(drawing)
    for row, line in enumerate(
        ["12 March, convoy, 9 trucks", "13 March, mast on the roof", "14 March, fire"]
    ):
        _write(drawing, (250, 170 + row * 80), line, 34, "#303030")


def _page(drawing: Drawing) -> None:
    drawing.rectangle((0, 0, 960, 720), fill="#7a6a55")
    drawing.rectangle((200, 50, 780, 680), fill="#f4efdf", outline="#b5aa8c", width=3)
    for row in range(9):
        drawing.line((220, 130 + row * 60, 760, 130 + row * 60), fill="#9fb7cc", width=2)


def crater(step: int) -> Callable[[Drawing], None]:
    """Return the drawing of remains in a crater, seen from one of three steps away."""

    def draw(drawing: Drawing) -> None:
        drawing.rectangle((0, 0, 960, 720), fill="#8d7f66")
        wide = 180 + step * 90
        drawing.ellipse((480 - wide, 380 - wide // 2, 480 + wide, 380 + wide // 2), fill="#4a3f30")
        drawing.polygon([(430, 400), (540, 360), (560, 400), (450, 440)], fill="#8c9498")
        drawing.line((300, 560, 300 + 60 * step, 560), fill="#d02020", width=10)
        _write(drawing, (300, 580), f"scale, view {step}", 26, "#202020")

    return draw


def circuit(drawing: Drawing) -> None:
    """Draw the marked part of a circuit board."""
    drawing.rectangle((0, 0, 960, 720), fill="#2f5d3a")
    for line in range(14):
        drawing.line((40 + line * 66, 0, 40 + line * 66, 720), fill="#4c8a57", width=4)
    drawing.rectangle((300, 240, 660, 480), fill="#1d1d1f", outline="#c0c0c0", width=3)
    _write(drawing, (330, 290), "FICTIONAL", 44, "#e6e6e6")
    _write(drawing, (330, 350), "MICROELECTRONICS", 30, "#e6e6e6")
    _write(drawing, (330, 410), "FM-4077A  2431", 34, "#e6e6e6")


def market(second: int) -> Callable[[Drawing], None]:
    """Return the drawing of the market some time after the strike; the smoke rises."""

    def draw(drawing: Drawing) -> None:
        drawing.rectangle((0, 0, 960, 420), fill="#9fb6c6")
        drawing.rectangle((0, 420, 960, 720), fill="#8b8577")
        for stall in range(5):
            left = 60 + stall * 180
            drawing.rectangle((left, 400, left + 120, 520), fill="#a5533f")
            drawing.polygon([(left - 10, 400), (left + 60, 350), (left + 130, 400)], fill="#d9b64e")
        for puff in range(6):
            x, y = 560 + puff * 18, 330 - puff * 40 - second * 6
            drawing.ellipse((x, y, x + 110, y + 90), fill="#5d5d5d")
        _write(drawing, (30, 660), "market square (fictional)", 26, "#202020")

    return draw
