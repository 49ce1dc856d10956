import hashlib
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evidence_tracker.casework.allegations import packs
from evidence_tracker.casework.allegations.categories import (
    Certainty,
    Relation,
    codes_in,
    ihl_provision,
    lies_under,
)
from evidence_tracker.errors import DigestMismatch, InvalidInput, NotFound

PROJECT = Path(__file__).parents[3]

# What was published stays as it is: a changed pack is a new version with a line of its own here.
PUBLISHED = {
    ("rome-statute", "2019.1"): "d37835432cd0f988b99b6c0512a1f3475eee55a6a18e63310b733fe0732660b5",
    ("ua-cc", "2024-10-24"): "6dfb847d4c0c915b37a37400de7abfff5e9239121e1de263620b8e2032ca1424",
    ("hr", "2026.1"): "86c8356898ed0fa0cf3e1f2e2001f334582dfcb818ad139ede3ab8bcf6c5c038",
}


@pytest.fixture(scope="module")
def rome():
    return packs.library().pack("rome-statute")


@pytest.fixture(scope="module")
def ukraine():
    return packs.library().pack("ua-cc")


def small(**changes):
    """Return the smallest pack that is allowed, as data."""
    content = {
        "pack": {
            "id": "xx-cc",
            "version": "2026.1",
            "title": {"en": "A fictional code"},
            "jurisdiction": "UA",
            "languages": ["en"],
            "source": {"title": "Fictional gazette"},
            "licence": "own words",
            "status": "draft",
        },
        "entries": [
            {
                "code": "1",
                "parent": None,
                "level": "article",
                "label": {"en": "One"},
                "confidence": "certain",
            },
            {
                "code": "1(a)",
                "parent": "1",
                "level": "crime",
                "label": {"en": "One a"},
                "confidence": "unsure",
            },
        ],
    }
    return content | changes


def written(content):
    return json.dumps(content).encode()


def with_entry(**changes):
    content = small()
    content["entries"][1] |= changes
    return written(content)


class TestPublished:
    def test_every_published_pack_still_has_its_digest(self):
        found = {key: pack.sha256 for key, pack in packs.library().packs.items()}

        assert found == PUBLISHED

    def test_every_pack_in_the_folder_is_published(self):
        files = {path.name for path in packs.FOLDER.glob("*.yaml")} - {"jurisdiction.yaml"}
        register = json.loads((packs.FOLDER / packs.REGISTER).read_text("utf-8"))

        assert files == {row["file"] for row in register}

    def test_a_changed_pack_is_not_read(self, tmp_path):
        folder = tmp_path / "packs"
        shutil.copytree(packs.FOLDER, folder)
        path = folder / "hr.yaml"
        path.write_bytes(path.read_bytes().replace(b"Arbitrary killing", b"Lawful killing"))

        with pytest.raises(DigestMismatch, match=r"hr@2026\.1"):
            packs.library(folder)

    def test_a_pack_registered_under_another_name_is_not_read(self, tmp_path):
        data = written(small())
        (tmp_path / "x.yaml").write_bytes(data)
        row = {"id": "other", "version": "1", "file": "x.yaml", "sha256": hashlib.sha256(data).hexdigest()}
        (tmp_path / packs.REGISTER).write_text(json.dumps([row]))

        with pytest.raises(DigestMismatch, match=r"xx-cc@2026\.1"):
            packs.library(tmp_path)

    def test_of_two_versions_the_later_in_the_register_is_the_newest(self, tmp_path):
        register = []
        for version in ("1", "2"):
            content = small()
            content["pack"]["version"] = version
            data = written(content)
            (tmp_path / f"{version}.yaml").write_bytes(data)
            digest = hashlib.sha256(data).hexdigest()
            register.append({"id": "xx-cc", "version": version, "file": f"{version}.yaml", "sha256": digest})
        (tmp_path / packs.REGISTER).write_text(json.dumps(register))

        library = packs.library(tmp_path)

        assert library.pack("xx-cc").version == "2"
        assert library.pack("xx-cc", "1").version == "1"
        assert library.resolve("xx-cc@1:1(a)") == (library.pack("xx-cc", "1"), "1(a)")

    @pytest.mark.parametrize("named", ["rome-statute:6", "rome-statute@2019.1:6"])
    def test_a_category_is_named_by_pack_and_code(self, named, rome):
        assert packs.library().resolve(named) == (rome, "6")

    @pytest.mark.parametrize("named", ["", "6", ":6", "rome-statute:"])
    def test_a_code_without_its_pack_is_refused(self, named):
        with pytest.raises((InvalidInput, NotFound)):
            packs.library().resolve(named)

    @pytest.mark.parametrize("named", ["icc:6", "rome-statute@1998:6"])
    def test_an_unknown_pack_is_not_found(self, named):
        with pytest.raises(NotFound) as missing:
            packs.library().resolve(named)
        assert "rome-statute" in missing.value.advice


class TestRomeStatute:
    @pytest.mark.parametrize(
        ("parent", "number"),
        [
            ("6", 5),
            ("7(1)", 11),
            ("8(2)(a)", 8),
            ("8(2)(b)", 29),
            ("8(2)(c)", 4),
            ("8(2)(e)", 19),
            ("8bis", 8),
        ],
    )
    def test_each_article_has_all_its_categories(self, rome, parent, number):
        assert len(rome.children[parent]) == number

    def test_it_has_128_entries_9_modes_and_35_splits(self, rome):
        levels = Counter(category.level for category in rome.categories.values())

        assert len(rome.categories) == 128
        assert len(rome.modes) == 9
        assert levels["elements-split"] == 35
        assert levels == {
            "article": 4,
            "group": 5,
            "definition": 1,
            "crime": 76,
            "elements-split": 35,
            "act": 7,
        }

    def test_it_has_102_leaves_beside_aggression(self, rome):
        leaves = [code for code in rome.categories if code not in rome.children]
        by_article = Counter(rome.categories[code].article for code in leaves)

        assert {article: by_article[article] for article in ("6", "7", "8")} == {"6": 5, "7": 16, "8": 81}

    def test_the_amendments_are_marked_by_their_year(self, rome):
        years = Counter(category.adopted for category in rome.categories.values() if category.adopted)

        assert years == {2010: 12, 2017: 6, 2019: 1}

    def test_32_categories_carry_elements(self, rome):
        # The 28 of the paraphrased source, and four more of the prisoner-of-war bundle.
        with_elements = [code for code, category in rome.categories.items() if category.elements]

        assert len(with_elements) == 32

    @pytest.mark.parametrize(
        ("code", "kinds"),
        [
            ("8(2)(a)(i)", "MMNCN"),
            ("8(2)(a)(ii)-1", "MNMNCN"),
            ("8(2)(a)(ii)-2", "MMNCN"),
            ("8(2)(a)(iii)", "MMNCN"),
            ("8(2)(a)(v)", "MMNCN"),
            ("8(2)(a)(vii)-1", "MMNCN"),
            ("8(2)(a)(vii)-2", "MMNCN"),
            ("8(2)(b)(i)", "MMNCN"),
            ("8(2)(b)(ii)", "MMNCN"),
            ("8(2)(b)(iv)", "MMNCN"),
            ("8(2)(b)(v)", "MMMCN"),
            ("8(2)(b)(vi)", "MMNCN"),
            ("8(2)(b)(viii)", "MCN"),
            ("8(2)(b)(x)-1", "MMMMCN"),
            ("8(2)(b)(xii)", "MNMCN"),
            ("8(2)(b)(xvi)", "MNMCN"),
            ("8(2)(b)(xxi)", "MMCN"),
            ("8(2)(b)(xxii)-1", "MMCN"),
            ("8(2)(b)(xxii)-6", "MMNCN"),
            ("7(1)(d)", "MMNCN"),
            ("7(1)(f)", "MMMCN"),
            ("7(1)(g)-1", "MMCN"),
            ("7(1)(g)-6", "MMNCN"),
            ("7(1)(h)", "MMNMCN"),
            ("7(1)(i)", "MMNMMNCN"),
            ("6(e)", "MMNMMNC"),
        ],
    )
    def test_the_listed_crimes_have_their_elements_in_order(self, rome, code, kinds):
        letters = {"material": "M", "mental": "N", "contextual": "C"}

        assert "".join(letters[element.kind] for element in rome.category(code).elements) == kinds

    def test_a_label_begins_every_code(self, rome):
        assert all(category.label["en"].strip() for category in rome.categories.values())

    def test_incitement_is_only_for_genocide(self, rome):
        assert rome.mode("25(3)(e)").only_for == ("6",)
        assert rome.mode("25(3bis)").only_for == ("8bis",)

    def test_a_variant_names_its_mode(self, rome):
        assert rome.mode("25(3)(a)/jointly").code == "25(3)(a)"

    def test_provisions_that_are_no_crimes_are_kept_apart(self, rome):
        assert {"8(1)", "8(2)(d)", "8(2)(f)", "30", "33", "70(1)"} <= set(rome.provisions)
        assert not set(rome.provisions) & set(rome.categories)

    def test_everything_under_an_article_is_found(self, rome):
        assert len(list(rome.under("8"))) == 94
        assert [category.code for category in rome.under("8(2)(c)(i)")] == [
            "8(2)(c)(i)",
            *(f"8(2)(c)(i)-{n}" for n in (1, 2, 3, 4)),
        ]

    def test_an_unknown_code_names_its_neighbours(self, rome):
        with pytest.raises(NotFound) as missing:
            rome.category("8(2)(z)")
        assert "8(2)(a)" in missing.value.advice


class TestUkraine:
    def test_what_was_not_checked_says_so(self, ukraine):
        unsure = [
            code for code, category in ukraine.categories.items() if category.certainty is Certainty.UNSURE
        ]

        assert unsure == ["438(1)/2024", "438(2)/2024"]
        assert ukraine.category("438(1)/2024").certainty.caution == "to be checked by counsel"
        assert ukraine.category("438(1)").certainty.caution is None

    @pytest.mark.parametrize("code", ["438(1)", "438(2)", "438(1)/2024", "438(2)/2024"])
    def test_article_438_asks_for_the_treaty_article(self, ukraine, code):
        assert ukraine.category(code).needs_ihl_basis

    def test_a_text_that_changed_stands_as_two_entries_that_meet(self, ukraine):
        for code in ("438(1)", "438(2)", "442"):
            old, new = ukraine.category(code), ukraine.category(f"{code}/2024")
            assert (old.valid_to.value, new.valid_from.value) == ("2024-10-23", "2024-10-24")

    def test_the_blanket_reference_corresponds_to_four_groups(self, ukraine):
        targets = {target.code: target.relation for target in ukraine.category("438(1)").maps_to}

        assert targets == dict.fromkeys(["8(2)(a)", "8(2)(b)", "8(2)(c)", "8(2)(e)"], Relation.NARROWER)

    def test_it_holds_every_article_of_the_table(self, ukraine):
        table = (
            "436 436-2 437 438 438(1) 438(2) 439 440 441 442 442-1 443 444 445 446 447 146-1 146 147 149 "
            "115 121 127 152 153 110 111 111-1 111-2 258 432 433 434 435"
        )
        assert set(table.split()) <= set(ukraine.categories)
        assert "31-1" in ukraine.modes

    def test_every_label_is_there_in_both_languages(self, ukraine):
        assert all(set(category.label) == {"en", "uk"} for category in ukraine.categories.values())

    def test_a_code_with_a_dash_is_no_child_of_the_number_before_it(self, ukraine):
        assert ukraine.category("146-1").parent is None
        assert ukraine.category("442-1").parent is None


class TestHumanRights:
    def test_it_has_22_categories_with_an_article_of_the_covenant(self):
        pack = packs.library().pack("hr")

        assert len(pack.categories) == 22
        assert all("ICCPR" in {basis.instrument for basis in c.basis} for c in pack.categories.values())


class TestReading:
    def test_the_smallest_pack_is_read(self):
        pack = packs.read_pack(written(small()))

        assert pack.name == "xx-cc@2026.1"
        assert pack.children == {"1": ("1(a)",)}
        assert pack.category("1").is_heading
        assert not pack.category("1(a)").is_heading

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"parent": "2"}, "does not stand before it"),
            ({"parent": "1(a)"}, "does not stand before it"),
            ({"code": "1"}, "stands twice"),
            ({"code": "1 a"}, "code"),
            ({"code": ""}, "code"),
            ({"code": "1\n"}, "code"),
            ({"label": {}}, "label"),
            ({"label": {"english": "x"}}, "label"),
            ({"label": {"en": "  "}}, "label"),
            ({"label": "x"}, "label"),
            ({"confidence": "very"}, "confidence"),
            ({"colour": "red"}, "colour"),
            ({"valid_from": "2024-13"}, "not a real date"),
            ({"valid_from": "24.10.2024"}, "valid_from"),
            ({"valid_from": "2024-10-24", "valid_to": "2001-09-01"}, "before valid_from"),
            ({"elements": [{"n": 2, "kind": "material", "text": "x"}]}, r"numbered \[2\]"),
            ({"elements": [{"n": 1, "kind": "material", "text": "x"}] * 2}, r"numbered \[1, 1\]"),
            ({"elements": [{"n": 1, "kind": "moral", "text": "x"}]}, "kind"),
            ({"elements": []}, "elements"),
            ({"maps_to": [{"code": "rome-statute", "relation": "exact"}]}, "code"),
            ({"maps_to": [{"code": "rome-statute:6", "relation": "same"}]}, "relation"),
            ({"topics": ["Weapons"]}, "topics"),
        ],
    )
    def test_a_fault_is_named_with_its_place(self, changes, reason):
        with pytest.raises(InvalidInput, match=reason):
            packs.read_pack(with_entry(**changes))

    @pytest.mark.parametrize(
        ("modes", "reason"),
        [
            ([{"code": "1(a)", "label": {"en": "x"}, "confidence": "fair"}], "stands twice"),
            ([{"code": "m", "label": {"en": "x"}, "confidence": "fair", "variants": ["1"]}], "stands twice"),
            ([{"code": "m", "label": {"en": "x"}, "confidence": "fair", "only_for": ["9"]}], "no category"),
            ([{"code": "m", "label": {"en": "x"}, "confidence": "fair"}] * 2, "stands twice"),
        ],
    )
    def test_a_faulty_mode_is_refused(self, modes, reason):
        with pytest.raises(InvalidInput, match=reason):
            packs.read_pack(written(small(modes=modes)))

    def test_a_correspondence_to_nowhere_is_refused(self):
        pack = packs.read_pack(with_entry(maps_to=[{"code": "rome-statute:9", "relation": "close"}]))

        with pytest.raises(InvalidInput, match="rome-statute:9"):
            packs.check_correspondences(pack, packs.library().newest)

    def test_a_correspondence_to_a_mode_is_allowed(self):
        pack = packs.read_pack(with_entry(maps_to=[{"code": "rome-statute:28(a)", "relation": "close"}]))

        packs.check_correspondences(pack, packs.library().newest)

    @pytest.mark.parametrize("content", [[], {}, {"pack": {}}, {"entries": []}, None, "pack", 7])
    def test_what_is_no_pack_is_refused(self, content):
        with pytest.raises(InvalidInput):
            packs.read_pack(written(content))

    def test_yaml_and_json_of_one_pack_say_the_same(self):
        read = packs.read_pack(written(small()))
        again = packs.read_pack(yaml.safe_dump(small()).encode())

        assert (read.categories, read.modes) == (again.categories, again.modes)
        assert read.sha256 != again.sha256

    def test_the_example_of_the_reference_is_sound(self):
        page = (PROJECT / "docs/reference/packs.md").read_text("utf-8")
        example = page.partition("```yaml\n")[2].partition("```")[0]

        pack = packs.read_pack(example.encode())

        packs.check_correspondences(pack, packs.library().newest)
        assert pack.name == "xx-cc@2026.1"

    def test_check_element_allows_its_numbers_and_the_whole(self):
        category = packs.library().pack("rome-statute").category("8(2)(b)(viii)")

        for n in range(4):
            category.check_element(n)
        for n in (-1, 4, 99):
            with pytest.raises(InvalidInput, match="elements 1 to 3"):
                category.check_element(n)


class TestCodes:
    @pytest.mark.parametrize(
        ("code", "prefix"),
        [("8", "8"), ("8(2)(a)", "8"), ("8(2)(a)(vii)-1", "8(2)(a)(vii)"), ("438(1)/2024", "438")],
    )
    def test_a_code_lies_under_its_article(self, code, prefix):
        assert lies_under(code, prefix)

    @pytest.mark.parametrize(
        ("code", "prefix"), [("8bis", "8"), ("8", "8(2)"), ("8(2)(b)(xx)", "8(2)(b)(x)"), ("18", "1")]
    )
    def test_a_longer_number_is_another_article(self, code, prefix):
        assert not lies_under(code, prefix)

    def test_codes_elsewhere_come_from_correspondences(self, ukraine):
        assert codes_in("rome-statute", ukraine, ukraine.category("442")) == ("6",)
        assert codes_in("ua-cc", ukraine, ukraine.category("442")) == ("442",)
        assert codes_in("rome-statute", ukraine, ukraine.category("111")) == ()


class TestTreatyArticles:
    @pytest.mark.parametrize(
        ("stated", "stored"),
        [
            ("GC IV art 49", "GC IV art 49"),
            ("  GC  IV  article 49(1) ", "GC IV art 49(1)"),
            ("AP I art. 51(5)(b)", "AP I art 51(5)(b)"),
            ("HR art 46", "HR art 46"),
            ("CIHL rule 14", "CIHL rule 14"),
        ],
    )
    def test_it_has_one_written_form(self, stated, stored):
        assert ihl_provision(stated) == stored

    @pytest.mark.parametrize(
        "stated", ["", "49", "GC V art 1", "GC IV", "GC IV art", "gc iv art 49", "GC IV art ٤"]
    )
    def test_anything_else_is_refused(self, stated):
        with pytest.raises(InvalidInput):
            ihl_provision(stated)

    @given(st.text(max_size=40))
    def test_any_text_is_stored_in_one_form_or_refused(self, stated):
        try:
            stored = ihl_provision(stated)
        except InvalidInput:
            return
        assert ihl_provision(stored) == stored
