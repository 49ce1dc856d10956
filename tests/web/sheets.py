"""A form as a browser without script would send it: what stands in it, with what a person changes."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Reads the controls of the form whose action is wanted."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.found: dict[str, str] = {}
        self.is_inside = False
        self.area: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the value that a control has when the page is shown."""
        has = dict(attrs)
        if tag == "form":
            self.is_inside = has.get("action") == self.action and "form" in str(has.get("class"))
        if not self.is_inside:
            return
        name = has.get("name")
        if tag == "textarea" and name:
            self.area, self.found[name] = name, ""
        elif tag == "select" and name:
            self.select, self.found[name] = name, ""
        elif tag == "option" and self.select and "selected" in has:
            self.found[self.select] = has.get("value") or ""
        elif tag == "input" and name and _is_sent(has):
            self.found[name] = has.get("value") or ("on" if has.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        """Leave a control, or the form."""
        if tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.is_inside = False

    def handle_data(self, data: str) -> None:
        """Take the words of a text area."""
        if self.area is not None:
            self.found[self.area] += data


def _is_sent(has: dict[str, str | None]) -> bool:
    return has.get("type") not in {"checkbox", "radio"} or "checked" in has


def filled(page: str, action: str) -> dict[str, str]:
    """Return what the form with this action would send if nothing was changed in it."""
    reader = _Reader(action)
    reader.feed(page)
    assert reader.found, f"there is no form for {action}"
    return reader.found
