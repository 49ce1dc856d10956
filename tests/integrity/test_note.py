import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.integrity.canonical import base64_text, parse_base64
from evidence_tracker.integrity.faults import IntegrityFault, MalformedNote, SignatureRejected
from evidence_tracker.integrity.note import (
    _WEAK_KEYS,
    MAX_SIGNATURES,
    Signer,
    Verifier,
    open_note,
    require_name,
    sign_note,
)

KYIV = Signer("example.org/kyiv/1", bytes([1]) * 32)
LVIV = Signer("example.org/lviv/1", bytes([2]) * 32)
TRUSTED = Verifier.parse(KYIV.vkey)
PUBLIC = parse_base64(KYIV.vkey.split("+", 2)[2])[1:]
OTHERS = [Verifier.parse(Signer(name, bytes(32)).vkey) for name in (KYIV.name, LVIV.name)]
TEXT = "Тихо, тихо.\n\nОстап\n"
NOTE = KYIV.sign(TEXT)

printable = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32), max_size=60)


def signature_line(signer=KYIV, text=TEXT):
    return signer.signature_line(text.encode()).encode()


def note_with(*lines, text=TEXT):
    return text.encode() + b"\n" + b"".join(lines)


@given(st.lists(printable, max_size=5))
def test_any_printable_text_can_be_signed_and_opened(lines):
    text = "".join(f"{line}\n" for line in [*lines, ""])
    assert open_note(KYIV.sign(text), [TRUSTED]).text == text


def test_the_text_may_hold_empty_lines_and_lines_like_signatures():
    text = f"first\n\n{signature_line(LVIV).decode()}\n\n"
    opened = open_note(KYIV.sign(text), [TRUSTED])
    assert opened.text == text
    assert opened.unverified == ()


def test_a_note_carries_several_signatures_while_keys_are_changed():
    new_key = Signer(KYIV.name, bytes([9]) * 32)
    note = sign_note(TEXT, [KYIV, new_key, LVIV])
    for signer in (KYIV, new_key):
        opened = open_note(note, [Verifier.parse(signer.vkey)])
        assert opened.verified == (KYIV.name,)
        assert len(opened.unverified) == 2
    both = open_note(note, [TRUSTED, Verifier.parse(new_key.vkey)])
    assert both.verified == (KYIV.name,)
    assert both.unverified == (LVIV.vkey.rpartition("+")[0],)


def test_signatures_by_unknown_keys_are_listed_and_not_judged():
    false = f"— example.org/nobody {base64_text(bytes(9))}\n".encode()
    opened = open_note(note_with(signature_line(), signature_line(LVIV), false), [TRUSTED])
    assert opened.verified == (KYIV.name,)
    assert opened.unverified == (
        f"{LVIV.name}+{Verifier.parse(LVIV.vkey).key_id.hex()}",
        "example.org/nobody+00000000",
    )


@pytest.mark.parametrize("verifiers", [[], OTHERS[:1], OTHERS])
def test_a_note_that_no_trusted_key_signed_is_refused(verifiers):
    with pytest.raises(SignatureRejected):
        open_note(NOTE, verifiers)


def test_one_false_signature_in_the_name_of_a_trusted_key_spoils_the_note():
    false = signature_line(text="Something else.\n")
    for lines in ((false,), (signature_line(), false), (false, signature_line())):
        with pytest.raises(SignatureRejected):
            open_note(note_with(*lines), [TRUSTED])


def test_a_true_signature_by_a_second_trusted_key_does_not_heal_a_false_one():
    false = signature_line(LVIV, "Something else.\n")
    with pytest.raises(SignatureRejected):
        open_note(note_with(signature_line(), false), [TRUSTED, Verifier.parse(LVIV.vkey)])


@pytest.mark.parametrize("length", [1, 63, 65, 128])
def test_a_signature_of_the_wrong_length_is_false(length):
    line = f"— {KYIV.name} {base64_text(TRUSTED.key_id + bytes(length))}\n".encode()
    with pytest.raises(SignatureRejected):
        open_note(note_with(line), [TRUSTED])


def test_two_trusted_keys_of_one_name_and_id_are_refused():
    with pytest.raises(MalformedNote):
        open_note(NOTE, [TRUSTED, Verifier.parse(KYIV.vkey)])


def test_every_bit_of_a_note_counts():
    for bit in range(len(NOTE) * 8):
        changed = bytearray(NOTE)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(IntegrityFault):
            open_note(bytes(changed), [TRUSTED])


@given(st.integers(0, len(NOTE)), st.integers(0, 3), st.binary(max_size=6))
def test_no_edit_of_a_note_changes_what_it_says(place, removed, inserted):
    try:
        opened = open_note(NOTE[:place] + inserted + NOTE[place + removed :], [TRUSTED])
    except IntegrityFault:
        return
    assert opened.text == TEXT


@given(st.binary(max_size=200))
def test_bytes_from_anywhere_are_refused_and_never_break_the_reader(data):
    with pytest.raises(IntegrityFault):
        open_note(data, [TRUSTED])


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n",
        b"\n\n",
        TEXT.encode(),
        TEXT.encode() + b"\n",
        KYIV.sign("\n").removeprefix(b"\n\n"),
        NOTE[:-1],
        NOTE + b"\n",
        NOTE + b"trailing line\n",
        NOTE.replace(b"\n", b"\r\n"),
        NOTE.decode().encode("utf-16"),
        b"\xff" + NOTE,
        b"\x00" + NOTE,
        b"\t" + NOTE,
        b"\x1b[2J" + NOTE,
        b"\xed\xa0\x80" + NOTE,
        NOTE.replace("— ".encode(), b"- "),
        NOTE.replace("— ".encode(), "—".encode()),
        NOTE.replace("— ".encode(), "—  ".encode()),
        NOTE.replace("— ".encode(), "–  ".encode()),
        note_with(signature_line().replace(b"\n", b" \n")),
        note_with(signature_line().replace(b"=\n", b"\n")),
        note_with(signature_line().replace(b"example", b"exa+ple")),
        note_with(signature_line().replace(b"example", "exa\u00a0ple".encode())),
        note_with(signature_line().replace(b"example", "exa\u2003ple".encode())),
        note_with(f"— {KYIV.name}\n".encode()),
        note_with(f"— {KYIV.name} \n".encode()),
        note_with(f"— {KYIV.name} {base64_text(TRUSTED.key_id)}\n".encode()),
        note_with(f"— {KYIV.name} AAAA*AAA\n".encode()),
        note_with("—  AAAAAAAA\n".encode()),
        note_with("— \n".encode()),
        note_with(*[signature_line()] * (MAX_SIGNATURES + 1)),
    ],
    ids=lambda note: repr(note[-24:]),
)
def test_it_refuses_what_is_not_a_note(note):
    with pytest.raises(MalformedNote):
        open_note(note, [TRUSTED])


def test_base64_with_stray_bits_at_its_end_is_refused():
    """Go's own reader lets these bits pass; here a note has one spelling."""
    line = signature_line()
    assert line.endswith(b"=\n")
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = len(line.rstrip(b"=\n")) - 1
    stray = line[:place] + bytes([alphabet[alphabet.index(line[place]) ^ 1]]) + line[place + 1 :]
    with pytest.raises(MalformedNote):
        open_note(note_with(stray), [TRUSTED])


def test_a_hundred_signatures_are_still_read():
    others = [f"— example.org/{number} AAAAAAAA\n".encode() for number in range(MAX_SIGNATURES - 1)]
    assert open_note(note_with(*others, signature_line()), [TRUSTED]).verified == (KYIV.name,)


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "\r\n", "\x00\n", "\x1b[1m\n", "\ud800\n"])
def test_it_refuses_to_sign_what_it_would_not_open(text):
    with pytest.raises(MalformedNote):
        KYIV.sign(text)


def test_a_hundred_signatures_can_be_written():
    assert open_note(sign_note(TEXT, [KYIV] * MAX_SIGNATURES), [TRUSTED]).verified == (KYIV.name,)


def test_it_refuses_to_sign_with_no_key_or_too_many():
    for signers in ([], [KYIV] * (MAX_SIGNATURES + 1)):
        with pytest.raises(MalformedNote):
            sign_note(TEXT, signers)


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a+b", "a\n", "a\u00a0b", "a\u3000", "\x00", "a\x1b", "\ud800", "a\u0085"]
)
def test_it_refuses_names_that_no_key_may_have(name):
    with pytest.raises(MalformedNote):
        require_name(name)
    with pytest.raises(MalformedNote):
        Signer(name, bytes(32))
    with pytest.raises(MalformedNote):
        Verifier(name, PUBLIC)


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33), bytes(64)])
def test_it_refuses_keys_of_the_wrong_length(seed):
    with pytest.raises(MalformedNote):
        Signer("example.org", seed)
    with pytest.raises(MalformedNote):
        Verifier("example.org", seed)


def test_a_vkey_is_read_back_even_when_its_base64_holds_a_plus():
    for number in range(64):
        signer = Signer("example.org/kyiv/1", bytes([number]) * 32)
        assert Verifier.parse(signer.vkey).key_id.hex() == signer.vkey.split("+")[1]


def test_no_part_and_no_changed_character_of_a_vkey_is_a_vkey():
    vkey = KYIV.vkey
    for start in range(len(vkey)):
        for end in range(start + 1, len(vkey) + 1):
            if end - start < len(vkey):
                with pytest.raises(MalformedNote):
                    Verifier.parse(vkey[start:end])
    for place, character in enumerate(vkey):
        with pytest.raises(MalformedNote):
            Verifier.parse(vkey[:place] + chr(ord(character) + 1) + vkey[place + 1 :])


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "+",
        "++",
        "a++",
        "a+00000000+",
        "a+00000000+AQ==",
        f"{KYIV.vkey}\n",
        f" {KYIV.vkey}",
        KYIV.vkey.upper(),
    ],
)
def test_it_refuses_what_is_not_a_vkey(vkey):
    with pytest.raises(MalformedNote):
        Verifier.parse(vkey)


def test_it_refuses_a_key_of_another_algorithm():
    other = base64_text(b"\x04" + parse_base64(KYIV.vkey.split("+", 2)[2])[1:])
    with pytest.raises(MalformedNote, match="algorithm"):
        Verifier.parse(f"{KYIV.name}+{TRUSTED.key_id.hex()}+{other}")


def test_a_signer_does_not_show_its_seed():
    assert repr(KYIV) == f"Signer({KYIV.name}+{TRUSTED.key_id.hex()})"
    assert repr(TRUSTED) == f"Verifier({KYIV.name}+{TRUSTED.key_id.hex()})"


def fits_two_texts(public):
    """Whether the cryptographic library takes one made-up signature for two of a few texts."""
    nothing = b"\x01" + bytes(63)  # R is the neutral point, S is zero
    fitting = 0
    for number in range(200):
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(nothing, b"text %d\n" % number)
        except InvalidSignature:
            continue
        fitting += 1
    return fitting > 1


@pytest.mark.parametrize("sign", [0, 0x80])
@pytest.mark.parametrize("weak", sorted(_WEAK_KEYS), ids=lambda key: key.hex()[:4])
def test_it_refuses_a_key_under_which_one_signature_fits_many_texts(weak, sign):
    public = weak[:-1] + bytes([weak[-1] | sign])
    assert fits_two_texts(public)
    with pytest.raises(MalformedNote, match="weak"):
        Verifier("example.org", public)


def test_an_ordinary_key_takes_no_made_up_signature():
    assert not fits_two_texts(PUBLIC)
