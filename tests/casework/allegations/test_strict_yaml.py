import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.casework.allegations import strict_yaml
from evidence_tracker.errors import InvalidInput

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(0, 999_999_999) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_it_reads_back_what_yaml_writes_of_text_numbers_and_nothing_else(content):
    # Quoted throughout, as a pack that means text writes it.
    written = yaml.dump(_quoted(content), Dumper=Quoting)

    assert strict_yaml.read(written.encode()) == content


class Quoted(str):
    __slots__ = ()


class Quoting(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


Quoting.add_representer(
    Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')
)


def _quoted(content):
    if isinstance(content, str):
        return Quoted(content)
    if isinstance(content, list):
        return [_quoted(item) for item in content]
    if isinstance(content, dict):
        return {Quoted(name): _quoted(item) for name, item in content.items()}
    return content


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("2024-10-24", "2024-10-24"),
        ("2019.1", "2019.1"),
        ("1e3", "1e3"),
        ("0x10", "0x10"),
        ("07", "07"),
        ("1:30", "1:30"),
        ("٢", "٢"),
        ("true", True),
        ("truest", "truest"),
        ("null", None),
        ("n", "n"),
        ("", None),
        ("2010", 2010),
        ("1234567890", "1234567890"),
    ],
)
def test_what_was_written_as_text_stays_text(written, read):
    assert strict_yaml.read(f"value: {written}".encode()) == {"value": read}


def test_it_refuses_a_key_that_stands_twice():
    with pytest.raises(InvalidInput, match=r"Line 2: 'b' stands twice"):
        strict_yaml.read(b"a:\n  b: 1\n  b: 2\n")


def test_it_refuses_aliases_before_they_unfold():
    bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    bomb += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 12)]

    with pytest.raises(InvalidInput, match="anchors and aliases"):
        strict_yaml.read("\n".join(bomb).encode())


def test_a_merge_key_is_a_key_like_any_other():
    assert strict_yaml.read(b"<<: {a: 1}\nb: 2") == {"<<": {"a": 1}, "b": 2}


@pytest.mark.parametrize("opening", [b"[", b"{a: ", b"- "])
def test_it_refuses_depth_without_falling_over(opening):
    with pytest.raises(InvalidInput):
        strict_yaml.read(opening * 100_000)


@pytest.mark.parametrize(
    "hostile",
    [
        b"!!python/object/apply:os.system [echo]",
        b"!!python/name:os.system",
        b"a: !custom x",
        b"a: [1, 2",
        b"a: b: c",
        b"\xff\xfea",
        b"a: \x00",
        b"a: 1\n---\nb: 2",
        b"1: a",
        b"null: a",
        b"[a]: b",
    ],
)
def test_it_refuses_what_is_not_plain_data(hostile):
    with pytest.raises(InvalidInput) as refused:
        strict_yaml.read(hostile)
    assert refused.value.advice


def test_it_refuses_a_file_over_the_size_cap():
    with pytest.raises(InvalidInput, match="larger"):
        strict_yaml.read(b"a: " + b"x" * strict_yaml.MAX_BYTES)


def test_fifty_thousand_keys_are_read():
    text = "".join(f"k{n}: {n}\n" for n in range(50_000))

    assert len(strict_yaml.read(text.encode())) == 50_000


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_sentence(data):
    try:
        strict_yaml.read(data)
    except InvalidInput as refused:
        said = (str(refused), refused.advice)
        assert all(said)
