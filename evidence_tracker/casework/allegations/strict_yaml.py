"""YAML as a data format and no more.

Beyond ``safe_load``: no anchors and aliases (a few lines of them unfold to gigabytes), no
key twice (the last would win in silence), and only text, whole numbers, true, false and
null: a version ``2019.1``, a date or the country code ``NO`` stay the text that was written.
"""

import re
from collections import Counter
from collections.abc import Hashable
from typing import Any

import yaml

from evidence_tracker.errors import InvalidInput

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
ADVICE = "Correct the file and validate it with 'evidence-tracker crime validate FILE'."

# libyaml where the wheel has it: a pack of 2000 lines reads in a tenth of the time.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc] # chosen at run time
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own form

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        keys = [self.construct_object(key, deep=True) for key, _value in node.value]
        for key in keys:
            if not isinstance(key, str):
                raise InvalidInput(f"{_where(node)}: the key {key!r} is not text.", advice=ADVICE)
        if len(set(keys)) < len(keys):
            twice = min(key for key, count in Counter(keys).items() if count > 1)
            raise InvalidInput(f"{_where(node)}: {twice!r} stands twice.", advice=ADVICE)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(~|null|)\Z"), ["~", "n", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"(0|[1-9][0-9]{0,8})\Z", re.ASCII), list("0123456789")
)


def read(data: bytes) -> Any:
    """Return the one document of a YAML file, or raise ``InvalidInput`` that says where it is wrong."""
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"The file is larger than {MAX_BYTES} bytes.", advice=ADVICE)
    try:
        text = data.decode("utf-8-sig")
        _refuse_structure(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with fewer types
    except UnicodeDecodeError as error:
        raise InvalidInput("The file is not UTF-8 text.", advice=ADVICE) from error
    except yaml.YAMLError as error:
        raise InvalidInput(f"The file is not YAML: {' '.join(str(error).split())}", advice=ADVICE) from error


def _refuse_structure(text: str) -> None:
    # Reading events needs no recursion: depth is judged before anything recursive sees the text.
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        if getattr(event, "anchor", None) is not None:
            raise InvalidInput(f"{_where(event)}: anchors and aliases are not allowed.", advice=ADVICE)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise InvalidInput(f"{_where(event)}: nested deeper than {MAX_DEPTH}.", advice=ADVICE)


def _where(node: Any) -> str:
    return f"Line {node.start_mark.line + 1}"
