import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.casework.incidents.citations import Citation, CitationKind
from evidence_tracker.errors import InvalidInput


@pytest.mark.parametrize(
    ("stated", "kind", "anchor"),
    [
        ("", CitationKind.WHOLE, ""),
        ("whole", CitationKind.WHOLE, ""),
        ("  p. 3 ", CitationKind.PAGE, "p. 3"),
        ("p3", CitationKind.PAGE, "p. 3"),
        ("pp. 3 – 5", CitationKind.PAGE, "pp. 3-5"),
        ("p. 3-3", CitationKind.PAGE, "p. 3"),
        ("para. 12", CitationKind.PARAGRAPH, "para. 12"),
        ("paras 12—14", CitationKind.PARAGRAPH, "paras. 12-14"),
        ("00:02:14", CitationKind.TIMECODE, "00:02:14"),
        ("00:02:14–00:02:40", CitationKind.TIMECODE, "00:02:14-00:02:40"),
        ("0:02:14.5", CitationKind.TIMECODE, "00:02:14.500"),
        ("00:00:01.25-00:00:01.3", CitationKind.TIMECODE, "00:00:01.250-00:00:01.300"),
        ("02:14", CitationKind.TIMECODE, "00:02:14"),
        ("2:14 – 02:40", CitationKind.TIMECODE, "00:02:14-00:02:40"),
        ("59:59-01:00:01", CitationKind.TIMECODE, "00:59:59-01:00:01"),
        ("123:00:00", CitationKind.TIMECODE, "123:00:00"),
        ("xywh=120,80,300,200", CitationKind.REGION, "xywh=120,80,300,200"),
        ("xywh=007,0,1,1", CitationKind.REGION, "xywh=7,0,1,1"),
        ("p. 2 xywh=0,0,10,10", CitationKind.REGION, "p. 2 xywh=0,0,10,10"),
        ("00:01:02 xywh=0,0,10,10", CitationKind.REGION, "00:01:02 xywh=0,0,10,10"),
    ],
)
def test_each_passage_has_one_written_form(stated, kind, anchor):
    assert Citation.parse(stated) == Citation(kind, anchor)


@pytest.mark.parametrize(
    "stated",
    [
        "page three",
        "p. 0",
        "pp. 5-3",
        "p. 12345678",
        "2",
        "2:1",
        "60:00",
        "00:60:00",
        "00:00:60",
        "00:02:40-00:02:14",
        "00:02:40-00:02:40",
        "1000:00:00",
        "xywh=1,2,3",
        "xywh=1,2,0,4",
        "xywh=1,2,-3,4",
        "xywh=percent:1,2,3,4",
        "pp. 2-3 xywh=0,0,10,10",
        "00:01:02-00:01:05 xywh=0,0,10,10",
        "para. 3 xywh=0,0,10,10",
        "xywh=0,0,1,1 xywh=0,0,1,1",
        "p. ٣",
        "p. 3; DROP TABLE",
        "\x00",
    ],
)
def test_anything_else_is_refused_with_the_accepted_forms(stated):
    with pytest.raises(InvalidInput) as refused:
        Citation.parse(stated)
    assert "pp. 3-5" in refused.value.advice


@given(st.text(max_size=60))
def test_any_text_is_read_to_a_fixed_point_or_refused(stated):
    try:
        citation = Citation.parse(stated)
    except InvalidInput:
        return
    assert Citation.parse(str(citation)) == citation


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_a_timecode_keeps_its_order(start_ms, length_ms):
    def clock(ms):
        seconds, ms = divmod(ms, 1000)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"

    citation = Citation.parse(f"{clock(start_ms)} - {clock(start_ms + length_ms)}")

    assert citation.anchor == f"{clock(start_ms)}-{clock(start_ms + length_ms)}"
    with pytest.raises(InvalidInput):
        Citation.parse(f"{clock(start_ms + length_ms)} - {clock(start_ms)}")
