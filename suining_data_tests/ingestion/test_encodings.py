"""GBK as Windows reads it, UTF-8 inside GBK, UTF-16 and UTF-32."""

import random

import pytest

from suining_data.ingestion.encodings import decode, decoder, looks_like_utf_8, suspected_places, wide_encoding
from suining_data.synthetic.city.geography import read_csv


@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("fe9f", "䶮"),
        ("80", "€"),
        ("a2e3", "€"),
        ("35802080c0ee", "5€ €李"),
        ("e946", "镕"),
        ("aaa1", "\ue000"),  # a character that only its maker knows stays private
        ("a6d9", "︐"),
        ("a8bc", "ḿ"),
        ("fe59", "龴"),
        ("fe90", "龺"),
        ("fe51", "𠂇"),
        ("81308130", "\x80"),
        ("95328236", "𠀀"),
    ],
)
def test_gbk_is_read_as_windows_and_browsers_read_it(encoding: str, data: str, text: str):
    assert decode(bytes.fromhex(data), encoding) == text
    pieces = decoder(encoding)
    assert "".join(pieces.decode(bytes([b])) for b in bytes.fromhex(data)) + pieces.decode(b"", True) == text


@pytest.mark.parametrize("data", [b"\xff", b"\x81", b"\xcd\xf5\xff", b"\x81\x20", b"\xfe\xfe\x80\xff"])
def test_what_is_no_gbk_is_an_error(data: bytes):
    with pytest.raises(UnicodeDecodeError):
        decode(data, "gbk")


@pytest.mark.parametrize(
    "text",
    ["王", "1,李明,男", "遂宁市船山区", "阿依·古丽", "a,“王”,1", "（）", "2019,王A", "﻿gmsfhm", "é,王小明"],
)
def test_chinese_text_in_utf_8_is_recognised(text: str):
    assert looks_like_utf_8(text.encode(), "gbk")
    assert not looks_like_utf_8(text.encode(), "utf-8")
    assert suspected_places(text.encode())


def test_a_value_in_utf_8_among_others_in_gbk_is_recognised():
    line = "1,王,".encode("gbk") + "船山区".encode() + ",路".encode("gbk")
    assert looks_like_utf_8(line, "gb18030")


@pytest.mark.parametrize("text", ["abc", "女", "5路", "路", "王小明,女,凯旋路1号", "璐", "娟,楠", "Ł"])
def test_text_in_gbk_is_not_taken_for_utf_8(text: str):
    assert not looks_like_utf_8(text.encode("gb18030"), "gbk")


SURNAMES = "names/surname_freq_1074_namemoe.csv"
GIVEN = "names/givenname_char_freq_by_sex_ngender.csv"
DIVISIONS = "divisions/suining_divisions_2023_county_town_village.csv"


def test_no_value_or_line_of_the_reference_tables_is_taken_for_utf_8():
    rows = [list(row.values()) for path in (SURNAMES, GIVEN, DIVISIONS) for row in read_csv(path)]
    texts = {text for row in rows for text in (*row, ",".join(row))}
    assert len(texts) > 10_000
    assert [text for text in texts if looks_like_utf_8(text.encode("gb18030"), "gbk")] == []


def test_no_random_name_is_taken_for_utf_8():
    surnames, given = ([next(iter(row.values())) for row in read_csv(path)] for path in (SURNAMES, GIVEN))
    rng = random.Random(1)
    names = ("".join([rng.choice(surnames), *rng.choices(given, k=rng.choice((1, 2)))]) for _ in range(50_000))
    assert [name for name in names if looks_like_utf_8(name.encode("gb18030"), "gbk")] == []


WIDE = "姓名,身份证号\r\n王小明,510903198001010013\r\n" * 5


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("text", [WIDE, '{"data": [{"xm": "王"}]}', "<DATA>\n<RY/></DATA>"])
def test_utf_16_and_utf_32_are_recognised_with_and_without_a_mark(codec: str, mark: str, text: str):
    assert wide_encoding((mark + text).encode(codec)) == codec[:6]


@pytest.mark.parametrize(
    "data", [b"", b"a,b\0\n1,x\n", b"\0" * 40, b"a,b,c\n" + b"1,\0,y\n" * 9, WIDE.encode(), b"\0a" * 9]
)
def test_damage_is_not_taken_for_another_encoding(data: bytes):
    assert wide_encoding(data) is None
