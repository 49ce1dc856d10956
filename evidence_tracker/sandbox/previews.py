"""Pictures and pages drawn anew for looking at, within a bounded number of pixels. Child only.

What is written is a plain JPEG or PNG and nothing beside its pixels; ``plain`` holds it to that
on the other side.
"""

import io
from contextlib import closing
from typing import Any, cast

import pypdfium2
from PIL import AvifImagePlugin, Image, ImageFile

from evidence_tracker.sandbox import heic, hevc, images
from evidence_tracker.sandbox.failures import BROKEN
from evidence_tracker.sandbox.kinds import HEIC, PICTURE_FORMATS

Drawn = tuple[dict[str, Any], bytes]
PDF = "application/pdf"
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SMALL = 640
#: A page no larger than a stamp is not blown up beyond this (72 units of a page are an inch).
MOST_SCALE = 4.0
NO_DECODER = "It is a picture of a phone in HEIC, and this machine has no decoder for it (libde265)."
DAMAGED = "The file is damaged or cut off; what could be decoded is shown."
TOO_LARGE = "The picture is too large to be decoded."

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # a worker may not start threads


def warm_up() -> None:
    """Draw one of each, since nothing can be loaded later."""
    for media_type, format_ in PICTURE_FORMATS.items():
        content = io.BytesIO()
        Image.new("RGB", (8, 8)).save(content, format_)
        draw(content, media_type, edge=4)
    hevc.library()
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    content = io.BytesIO()
    document.save(content)
    document.close()
    draw(content, PDF, edge=4, page=1)


def draw(content: io.BytesIO, media_type: str, *, edge: int, page: int | None = None) -> Drawn:
    """Return the file's first picture or page as JPEG, or the page ``page`` (from 1) as PNG.

    Neither side is longer than ``edge`` pixels; what is smaller stays as it is. The answer says how
    many pages there are.
    """
    omitted, number = None, 1 if page is None else page
    if media_type == PDF:
        pages, image = _page_of_pdf(content, number, edge)
    elif media_type in HEIC:
        if hevc.library() is None:
            return {"pages": 1, "failed": NO_DECODER}, b""
        pages, image = 1, _picture_of_phone(content, edge) if number == 1 else None
    else:
        try:
            pages, image = _picture(content, media_type, number, edge)
        except OSError:  # broken off or damaged: half a picture may be all that there is
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            pages, image = _picture(content, media_type, number, edge)
            omitted = DAMAGED
    if image is None:
        return {"pages": pages, "failed": f"It has {pages} pages, so none with the number {number}."}, b""
    return {"pages": pages, "omitted": omitted}, _written(image, "JPEG" if page is None else "PNG", edge)


def _page_of_pdf(content: io.BytesIO, number: int, edge: int) -> tuple[int, Image.Image | None]:
    with closing(pypdfium2.PdfDocument(content.getvalue())) as document:
        if not 1 <= number <= len(document):
            return len(document), None
        if document.get_formtype():
            document.init_forms()  # what was filled in is drawn by the forms, not by the page
        with closing(document[number - 1]) as page:
            # The renderer rounds up.
            scale = min((edge - 1) / max(page.get_size()), MOST_SCALE)
            with closing(page.render(scale=scale)) as bitmap:
                return len(document), bitmap.to_pil().convert("RGB")


def _picture(content: io.BytesIO, media_type: str, number: int, edge: int) -> tuple[int, Image.Image | None]:
    with images.opened(content, media_type) as image:
        pages = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
        if not 1 <= number <= pages:
            return pages, None
        if number > 1:
            image.seek(number - 1)
        image.draft(None, (2 * edge, 2 * edge))  # a JPEG need not be decoded in all its pixels
        if image.width * image.height > images.MOST_PIXELS:
            raise ValueError(TOO_LARGE)
        seen = _averageable(image)
        seen.thumbnail((edge, edge))
        seen.load()
        turn = UPRIGHT.get(_orientation(image))
        seen = images.in_srgb(_opaque(seen))
        return pages, seen if turn is None else seen.transpose(turn)


def _picture_of_phone(content: io.BytesIO, edge: int) -> Image.Image:
    image = heic.picture(content.getbuffer(), edge)
    image.thumbnail((edge, edge))
    return images.in_srgb(image)


def _orientation(image: Image.Image) -> int:
    """Return how the camera was held; EXIF that is broken does not cost the picture."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except BROKEN:
        return 1


def _averageable(image: Image.Image) -> Image.Image:
    """Return eight bits of grey or colour for each pixel, or the picture itself if it has them.

    Deeper ones are stretched between the darkest and the lightest: a scanner's 12 bits of 16 would
    be black.
    """
    if image.mode in {"1", "P", "PA"}:
        return _opaque(image)
    if image.mode not in {"I", "F"} and not image.mode.startswith("I;"):
        return image
    deep = image.convert("F")
    low, high = cast("tuple[float, float]", deep.getextrema())  # of one band
    scale = 255 / (high - low) if high > low else 1.0
    return deep.point(lambda value: value * scale - low * scale).convert("L")


def _opaque(image: Image.Image) -> Image.Image:
    """Return the picture on white where it is transparent, in ``L``, ``RGB`` or ``CMYK``."""
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        image = Image.new("RGB", seen.size, "white")
        image.paste(seen, mask=seen.getchannel("A"))
    elif image.mode not in {"L", "RGB", "CMYK"}:
        image = image.convert("L" if image.mode == "1" else "RGB")
    image.info = {"icc_profile": profile} if profile else {}
    return image


def _written(image: Image.Image, format_: str, edge: int) -> bytes:
    seen = image if image.mode == "L" else image.convert("RGB")
    bare = Image.new(seen.mode, seen.size)
    bare.paste(seen)
    written = io.BytesIO()
    # Thin coloured lines, as in screenshots, need the colours of every pixel.
    options: dict[str, Any] = {"quality": 78} if edge <= SMALL else {"quality": 85, "subsampling": 0}
    bare.save(written, format_, **(options if format_ == "JPEG" else {}))
    return written.getvalue()
