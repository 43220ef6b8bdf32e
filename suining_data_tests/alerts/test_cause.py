"""What may leave the house: no long number, no link, no control character; dates and batch ids stay."""

import pytest

from suining_data.alerts.cause import MOST_CHARACTERS, Cause, safe


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ry_510903197001010019.csv", "ry_….csv"),
        ("ry_51090319700101001X.csv", "ry_….csv"),
        ("ry_13825251234.csv", "ry_….csv"),
        ("138 2525 1234", "…"),
        ("510903-19700101-0019", "…"),
        ("５１０９０３１９７００１０１００１９", "…"),
        ("sbcb_20190831_p001.json", "sbcb_20190831_p001.json"),
        ("due by 2026-11-20 (daily, 5 days of grace)", "due by 2026-11-20 (daily, 5 days of grace)"),
        ("2,420,000 行", "2,420,000 行"),
        ("[领取](http://evil.example).csv", "［领取］(http：//evil.example).csv"),
        ("<img src=x>", "＜img src=x＞"),
        ("two\nlines\tand \x1b[31m", "two lines and \\x1b［31m"),
        ("a" * 500, "a" * MOST_CHARACTERS + "…"),
    ],
)
def test_text_that_may_leave(text: str, said: str) -> None:
    assert safe(text) == said


def test_a_batch_id_stays_whole() -> None:
    batch = "1234567890123456"
    assert safe(f"ry_13825251234.csv: --accept {batch}", batch) == f"ry_….csv: --accept {batch}"


def test_the_key_of_a_cause_does_not_depend_on_its_words() -> None:
    one, other = (Cause("refused", ("a", "1"), whose, zh, "en", "p") for whose, zh in (("甲", "一"), ("乙", "二")))
    assert one.key == other.key
    assert one.key != Cause("refused", ("a1", ""), "甲", "一", "en", "p").key
