"""What a browser calls itself, in two words: enough to recognise one's own in a list, and no more."""

UNKNOWN = "another program"
#: The first that is named in the header is meant: each browser names those before it as well.
_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def family(user_agent: str) -> str:
    """Return ``Firefox on Windows`` for a header of any length and content; nothing of it is kept."""
    program = next((name for sign, name in _PROGRAMS if sign in user_agent), UNKNOWN)
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), None)
    return program if system is None else f"{program} on {system}"
