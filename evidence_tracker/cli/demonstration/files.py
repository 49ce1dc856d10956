"""The demonstration's own files, written to a folder before they are taken in. All invented."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from evidence_tracker.cli.demonstration import papers, pictures, recordings
from evidence_tracker.cli.demonstration.people import PERSONS
from evidence_tracker.cli.demonstration.pictures import Camera, Drawing

SCHOOL = {"latitude": "50.0123", "longitude": "30.0456"}
MARKET = {"latitude": "49.9871", "longitude": "30.1122"}
# The phone of the second photographer is seven minutes fast, as its owner says.
PHONE = {"make": "Fictional", "model": "Phone Seven"}
FILM_SIZE = (320, 240)
HELD = ("oksana", "yevdokiia", "bohuslav")
POST = (
    '<!DOCTYPE html>\n<html lang="uk"><head><meta charset="utf-8"><title>social.example (fictional)</title></head>\n'
    "<body><h1>999th channel (fictional)</h1><p>Today we took forty children to the summer camp by the sea."
    " Buses left at eight.</p><p>2025-12-02 09:14</p></body></html>\n"
)
ORDER = (
    "The rooms below the school are to be used for the keeping of persons until further notice.",
    "The door is to be bolted from the outside. Water is to be given twice a day.",
    "Signed: the commander of the 999th Fictional Regiment.",
)
REPORT = (
    "Fictional District Hospital, emergency department, 4 November 2025.",
    "Between 11:20 and 14:00 of 3 November eleven persons with injuries from fragments were admitted.",
    "Two persons were dead on arrival. A third died in the night.",
)


def write(folder: Path) -> None:
    """Write every file of the half-year into a new folder."""
    folder.mkdir(mode=0o700)
    for name, data in {**_pictures(), **_recordings(), **_papers(), **_online()}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def _pictures() -> dict[str, bytes]:
    photos: dict[str, tuple[Callable[[Drawing], None], Camera | None]] = {
        "autumn/IMG_0907_door.jpg": (pictures.cellar_door, Camera("2025-09-09T10:48:07", **SCHOOL, **PHONE)),
        "autumn/IMG_0908_inside.jpg": (
            pictures.cellar_inside,
            Camera("2025-09-09T10:53:40", **SCHOOL, **PHONE),
        ),
        "autumn/школа.jpg": (pictures.school, Camera("2025-09-09T12:02:15", **SCHOOL)),
        "autumn/wall.jpg": (pictures.wall, Camera("2025-09-10T09:31:00", **SCHOOL)),
        "autumn/diary.jpg": (pictures.diary, Camera("2025-09-11T15:20:11", **SCHOOL)),
        "autumn/notebook.jpg": (
            pictures.signed_notebook,
            Camera("2025-09-12T11:05:52", **SCHOOL, owner=str(PERSONS["zlatoslava"].identity["latin_name"])),
        ),
        "autumn/notebook-covered.jpg": (pictures.blacked_notebook, None),
        "november/DSC_0101.jpg": (pictures.crater(1), Camera("2025-11-11T13:40:00", "+02:00", **MARKET)),
        "november/DSC_0102.jpg": (pictures.crater(2), Camera("2025-11-11T13:41:12", "+02:00", **MARKET)),
        "november/DSC_0103.jpg": (pictures.crater(3), Camera("2025-11-11T13:42:30", "+02:00", **MARKET)),
        "november/DSC_0107_part.jpg": (pictures.circuit, Camera("2025-11-11T14:10:05", "+02:00", **MARKET)),
    }
    return {name: pictures.photograph(scene, camera) for name, (scene, camera) in photos.items()}


def _recordings() -> dict[str, bytes]:
    frames = [pictures.frame(pictures.market(second), FILM_SIZE) for second in range(24)]
    place = "+49.9871+030.1122/"
    taken = datetime(2025, 11, 3, 9, 26, 30, tzinfo=UTC)
    return {
        "autumn/interview-1.wav": recordings.speech(9, pitch=190),
        "november/interview-2.wav": recordings.speech(7, pitch=120),
        "november/VID_0033.mov": recordings.film(frames, FILM_SIZE, per_second=8, taken=taken, place=place),
    }


def _papers() -> dict[str, bytes]:
    written = datetime(2022, 3, 2, 8, tzinfo=UTC)
    names = [str(PERSONS[name].identity["legal_name"]) for name in HELD]
    counts = [
        ["source", "harm", "category", "least", "most"],
        ["hospital report", "killed", "civilian", "3", "3"],
        ["hospital report", "injured", "civilian", "11", ""],
        ["list of the council", "killed", "civilian", "2", "4"],
        ["film of the square", "injured", "unknown", "5", ""],
    ]
    return {
        "autumn/наказ-12.pdf": papers.order("Наказ № 12 (fictional)", ORDER, written=written),
        "autumn/list-of-names.docx": papers.letter(["Who was in the cellar (fictional list):", *names]),
        "november/hospital.docx": papers.letter(REPORT),
        "november/casualties.csv": papers.table(counts),
        **{f"consent/{name}.jpg": _form(name, day, turned) for name, (day, turned) in FORMS.items()},
    }


FORMS = {
    "oksana": ("2025-09-09", 0.8),
    "yevdokiia": ("2025-09-10", -1.1),
    "pylyp": ("2025-09-11", 0.4),
    "zlatoslava": ("2025-09-12", -0.6),
    "jonas": ("2025-11-12", 1.3),
    "myroslava": ("2026-01-21", -0.9),
}
WORDS = "Мені пояснили, хто ви і навіщо питаєте. Я можу відкликати згоду будь-коли. (fictional)"


def _form(name: str, day: str, turned: float) -> bytes:
    bearer = str(PERSONS[name].identity["legal_name"])
    page = papers.consent_form(bearer, day, "see the record of the consent", WORDS)
    return pictures.scanned(page, turned=turned)


def _online() -> dict[str, bytes]:
    lines = ["999th channel (fictional)", "Today we took forty children to the", "summer camp by the sea."]
    return {
        "online/post.html": POST.encode(),
        "online/post.png": pictures.screenshot([*lines, "2025-12-02 09:14"]),
    }
