"""What is delivered in the nights after the first: broken files, changes, and what people do about both.

Here: the files of each night, all in one delivery as departments send them, and what the people in the city decide.
Not here: the refreshes (conftest.py), what is expected of each file (the tests that name it).
"""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
from python_calamine import CalamineWorkbook

from suining_data.settings import Settings
from suining_data_tests.elements.numbers import resident_check
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.review.conftest import fill_in

CHANGES, TAXPAYERS = "public_security__household_changes", "taxation__taxpayers"
SOUND, CORRECTED, REPEATED = "hjbd_201908.csv", "hjbd_201907.csv", "hjbd_201906.csv"  # delivered in the first night
MARKUP = "[red][x](http://evil)|\x1b]0;title\x07\x1b[2J\u202e"

# the broken night
RENAMED, OTHER_ENCODING, HOSTILE = "hjbd_201909.csv", "hjbd_201910.csv", "hjbd_201911.csv"
COLLAPSED, NO_WORKBOOK = "nsr_20191031.txt", "hydj_201908_2.xlsx"
UNDECLARED = f"[nowhere]{MARKUP.replace('/', '')}.txt"

# the changed night
DAMAGED_LINES, PUT_ASIDE, HOSTILE_NAME = (
    "hjbd_201912.csv",
    "hjbd_202001.csv",
    f"hjbd_202002{MARKUP.replace('/', '')}.csv",
)
MISTAKEN_NUMBER = b"5.10902E+17"  # an id as a spreadsheet shows it
GOOD = 24  # lines of PUT_ASIDE, when it is corrected
NAMESAKES, BORN = "欧阳问夏", "19770707"
ONE, OTHER = (body + resident_check(body) for body in ("51090219770707301", "51090219770707303"))


def deliver_broken(city: Settings) -> Sequence[str]:
    """Five files that are refused for different reasons, one that nobody declared, and one that is known."""
    folder = city.landing / "public_security"
    sound = (folder / SOUND).read_bytes()
    header, _, lines = sound.decode("gb18030").partition("\n")
    (folder / RENAMED).write_bytes(sound.replace(b"gmsfhm", b"sfzhm", 1))
    (folder / OTHER_ENCODING).write_bytes(sound.decode("gb18030", errors="replace").encode("utf-8"))
    # U+202E has no place in GBK, but in GB18030
    (folder / HOSTILE).write_text(f"{header.replace('gmsfhm', MARKUP)}\n{lines}", "gb18030")
    (city.landing / UNDECLARED).touch()
    register = (city.landing / "taxation" / "nsr_20190831.txt").read_bytes().split(b"\n")
    (city.landing / "taxation" / COLLAPSED).write_bytes(b"\n".join(register[: len(register) // 2]))
    (city.landing / "civil_affairs" / NO_WORKBOOK).write_text("<html>请先登录</html>", encoding="utf-8")
    shutil.copy(folder / REPEATED, folder / REPEATED.replace(".csv", "_copy.csv"))
    return []


def deliver_changes(city: Settings) -> Sequence[str]:
    """New registers, a corrected file, and files of household changes with lines and values that are put aside."""
    shutil.copy((city.published / "suining.duckdb").resolve(), city.data / "before.duckdb")
    _deliver_residents(city)
    _deliver_taxpayers(city)
    folder = city.landing / "public_security"
    (folder / CORRECTED).write_bytes(b"\n".join((folder / CORRECTED).read_bytes().split(b"\n")[:-3]) + b"\n")
    (folder / DAMAGED_LINES).write_bytes(_damaged_lines(folder / SOUND))
    (folder / PUT_ASIDE).write_bytes(damaged_file(folder / SOUND))
    text, *lines = (folder / SOUND).read_bytes().decode("gb18030").rstrip("\n").split("\n")
    bad = ",".join([MARKUP, MARKUP, *lines[0].split(",")[2:]])
    (folder / HOSTILE_NAME).write_text("\n".join([text, *lines[:30], bad, f"{MARKUP},2"]) + "\n", "gb18030")
    return []


def deliver_corrections(city: Settings) -> Sequence[str]:
    """Nothing stands refused: files corrected, removed or accepted; and a decision about a pair of the namesakes."""
    folder = city.landing / "public_security"
    header, good = good_lines(folder / SOUND, family_name="李")
    (folder / RENAMED).write_bytes(b"\n".join([header, *good[:3]]) + b"\n")
    correct(folder / PUT_ASIDE, put_aside_lines(city, city.data / "feedback"), good_lines(folder / SOUND)[1])
    for file in (folder / OTHER_ENCODING, folder / HOSTILE, city.landing / UNDECLARED):
        file.unlink()
    (city.landing / "civil_affairs" / NO_WORKBOOK).unlink()
    decide(city, city.data / "queue.xlsx")
    with duckdb.connect(str(city.warehouse), read_only=True) as con:
        return [
            id
            for (id,) in con.execute(
                "select batch_id from governance.batch where file_name = ?", [COLLAPSED]
            ).fetchall()
        ]


def _deliver_residents(city: Settings) -> None:
    """Some people left the register, some have another address, name, marital status; two have one name and birth, and a
    row without a number is one of them."""
    file = city.landing / "sichuan_public_security" / "czhjrk_20190831.csv"
    with file.open(encoding="utf-8", newline="") as content:
        rows = list(csv.DictReader(content))
    kept = rows[: len(rows) * 19 // 20]
    for number, row in enumerate(kept):
        if number % 25 == 0:
            row["hyzk"], row["whcd"] = kept[number - 1]["hyzk"], kept[number - 1]["whcd"]
        if number % 25 == 5:
            row["hjdz"] = kept[number - 1]["hjdz"]
    told = {"xm": NAMESAKES, "xb": "1", "csrq": BORN, "mz": "01", "gxrq": "20190101"}
    for number, household in ((ONE, "510903000090001"), (OTHER, "510903000090002"), ("", "510903000090003")):
        kept.append(dict.fromkeys(rows[0], "") | told | {"gmsfhm": number, "hh": household})
    with file.with_name("czhjrk_20190930.csv").open("w", encoding="utf-8", newline="") as content:
        writer = csv.DictWriter(content, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def _deliver_taxpayers(city: Settings) -> None:
    """Every third is closed."""
    file = city.landing / "taxation" / "nsr_20190831.txt"
    lines = file.read_bytes().splitlines(keepends=True)
    active, closed = "|正常|".encode("gb18030"), "|注销|".encode("gb18030")
    lines[::3] = [line.replace(active, closed) for line in lines[::3]]
    file.with_name("nsr_20190930.txt").write_bytes(b"".join(lines))


def _damaged_lines(sound: Path) -> bytes:
    """Lines 27 to 30 are damaged, each in another way."""
    header, first, second, *_ = sound.read_bytes().split(b"\n")
    short = b",".join(second.split(b",")[:3])
    bad_bytes = first.replace(b",", b",\xff\xff", 1)
    return b"\n".join([header, *[first] * 25, short, bad_bytes, b"", first.replace(b",", b",\x00", 1)]) + b"\n"


def good_lines(sound: Path, family_name: str = "王") -> tuple[bytes, list[bytes]]:
    """The header and GOOD made-up persons' moves with different names, so that no row supersedes another."""
    header, first, *_ = sound.read_bytes().split(b"\n")
    cells = first.split(b",")
    place = header.split(b",").index(b"xm")
    names = [family_name + name for name in "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉"][:GOOD]
    return header, [b",".join([*cells[:place], name.encode("gb18030"), *cells[place + 1 :]]) for name in names]


def damaged_file(sound: Path) -> bytes:
    """PUT_ASIDE as it is delivered: made of the lines of a sound file, of which four are damaged."""
    header, good = good_lines(sound)
    id_place = header.split(b",").index(b"gmsfhm")
    damaged = list(good)
    damaged[4] = b",".join(good[4].split(b",")[:3])  # line 6: too few columns
    damaged[9] = good[9].replace(b",", b",\xff\xff", 1)  # line 11: not GB18030
    for line in (13, 14):  # lines 15, 16
        cells = good[line].split(b",")
        damaged[line] = b",".join([*cells[:id_place], MISTAKEN_NUMBER, *cells[id_place + 1 :]])
    return b"\n".join([header, *damaged]) + b"\n"


def put_aside_lines(city: Settings, out: Path) -> list[dict[str, object]]:
    """What the workbook for the department tells of PUT_ASIDE; the workbooks are written to `out`."""
    done = suining(city.data, "quarantine", "--export", str(out))
    assert done.returncode == 0, done.stderr
    [file] = out.glob("市公安局_*.xlsx")
    header, *rows = CalamineWorkbook.from_path(file).get_sheet_by_name("明细").to_python()
    told = [dict(zip(map(str, header), row, strict=True)) for row in rows]
    return [row for row in told if row["文件"] == PUT_ASIDE]


def correct(file: Path, told: list[dict[str, object]], good: list[bytes]) -> None:
    """As somebody would, line by line."""
    lines = file.read_bytes().split(b"\n")
    for row in told:
        number = int(str(row["行号"]).removesuffix(".0"))
        lines[number - 1] = good[number - 2]
    file.write_bytes(b"\n".join(lines))


def decide(city: Settings, file: Path) -> list[str]:
    """Somebody says in a workbook that the row without a number is OTHER, and hands it in twice. Returns what is printed."""
    assert suining(city.data, "review", "export", str(file), "--subject", "person").returncode == 0
    with duckdb.connect(str(city.warehouse), read_only=True) as con:
        [(pair,)] = con.execute("select pair_id from linked.review where token_r = ?", [OTHER]).fetchall()
    fill_in(file, {pair: ("相同", "张某", "电话核实")})
    handed_in = [suining(city.data, "review", "import", str(file)) for _ in range(2)]
    assert [done.returncode for done in handed_in] == [0, 0], handed_in
    return [done.stdout for done in handed_in]
