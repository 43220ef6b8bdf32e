"""Text from SQL to file, in chunks and in the delivery's encoding.

Here: `stream`. Not here: the content of the text (the writers).
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from ..damage import BAD_BYTES, BAD_BYTES_AS

CHUNK = 20_000


def chunks(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[str]:
    """The values of a one-column query, joined in groups of a thousand."""
    cursor = con.execute(sql)
    while rows := cursor.fetchmany(CHUNK):
        yield "".join([row[0] for row in rows])


def stream(path: Path, encoding: str, head: str, body: Iterator[str], tail: str = "") -> None:
    """Write head, body and tail. A character that the encoding lacks becomes `?`, as in the departments' systems."""
    with path.open("wb") as file:
        file.write(head.encode(encoding, errors="replace"))
        plain = "utf-8" if encoding == "utf-8-sig" else encoding
        mark = BAD_BYTES.encode(plain, errors="replace") if plain != "gbk" else BAD_BYTES.encode("gb18030")
        for text in body:
            data = text.encode(plain, errors="replace") if plain != "gbk" else _gbk(text)
            file.write(data.replace(mark, BAD_BYTES_AS))
        file.write(tail.encode(plain))


def _gbk(text: str) -> bytes:
    """GBK, with the mark of bad bytes kept."""
    parts = [part.encode("gbk", errors="replace") for part in text.split(BAD_BYTES)]
    return BAD_BYTES.encode("gb18030").join(parts)
