"""Which media types are read, and as what."""

from enum import StrEnum


class Kind(StrEnum):
    """Files that are read in the same way."""

    PICTURE = "picture"
    FILM = "film"
    PDF = "pdf"
    OFFICE = "office"
    MAIL = "mail"
    MAILBOX = "mailbox"
    ARCHIVE = "archive"
    TEXT = "text"
    OTHER = "other"


#: What a person can be shown of them: a picture, or the words.
DRAWN = {Kind.PICTURE, Kind.PDF}
READ = {Kind.TEXT, Kind.PDF, Kind.OFFICE, Kind.MAIL, Kind.MAILBOX, Kind.ARCHIVE}

PICTURE_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
    "image/gif": "GIF",
    "image/bmp": "BMP",
    "image/x-ms-bmp": "BMP",
    "image/avif": "AVIF",
}
HEIC = {"image/heic", "image/heif"}
FILMS = {"video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp", "audio/mp4", "audio/x-m4a"}
OFFICE = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")
ARCHIVES = {
    "application/zip",
    "application/x-wacz",
    "application/vnd.google-earth.kmz",
    "application/epub+zip",
}
TEXTS = {"application/json", "application/xml", "application/javascript", "application/x-ndjson"}
ALONE = {"application/pdf": Kind.PDF, "message/rfc822": Kind.MAIL, "application/mbox": Kind.MAILBOX}


def kind_of(media_type: str) -> Kind:
    """Return how files of this type are read."""
    if media_type in PICTURE_FORMATS or media_type in HEIC:
        return Kind.PICTURE
    if media_type in FILMS:
        return Kind.FILM
    if media_type.startswith(OFFICE):
        return Kind.OFFICE
    if media_type in ARCHIVES:
        return Kind.ARCHIVE
    if media_type.startswith("text/") or media_type in TEXTS or media_type.endswith(("+xml", "+json")):
        return Kind.TEXT
    return ALONE.get(media_type, Kind.OTHER)
