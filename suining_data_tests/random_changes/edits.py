"""One delivered row, changed as departments change them: another value, another number, another person.

Here: what happens inside a row, by the data elements of its columns. Not here: which row, and in which file it is
delivered (changes.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from suining_data.catalog import Resource
from suining_data_tests.elements.numbers import AREAS, USCC_ALPHABET, resident_check, uscc_check
from suining_data_tests.random_changes.registers import Row

NUMBERS = ("resident_id", "identity_number", "uscc", "organization_identifier")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴欧谢邓何罗唐冯于董萧", "文明秀英建国志强丽华春梅晓东海燕俊杰思雨子涵"


@dataclass(frozen=True)
class Editor:
    """Changes the rows of one resource."""

    resource: Resource
    random: Random

    def corrected(self, row: Row, others: Sequence[Row]) -> Row:
        """Another value in one column: that of another row, or none."""
        column = self.random.choice([column for column in row if column in self._columns()])
        value = None if self.random.random() < 0.1 else self.random.choice(others)[column]
        return {**row, column: value}

    def moved(self, row: Row, others: Sequence[Row]) -> Row:
        """The address of another row; a resource without addresses: corrected."""
        columns = self._columns("address", "division_code")
        if not columns:
            return self.corrected(row, others)
        other = self.random.choice(others)
        return {**row, **{column: other[column] for column in columns}}

    def merged(self, row: Row, others: Sequence[Row]) -> Row:
        """The number of another row, with or without its name."""
        other = self.random.choice(others)
        columns = self._columns(*NUMBERS) + (self._names() if self.random.random() < 0.7 else [])
        return {**row, **{column: other[column] for column in columns}} if columns else self.corrected(row, others)

    def split(self, row: Row, others: Sequence[Row]) -> Row:
        """One number less, or a new one."""
        columns = self._columns(*NUMBERS)
        if not columns:
            return self.corrected(row, others)
        column = self.random.choice(columns)
        return {**row, column: None if self.random.random() < 0.5 else self._new_number(column)}

    def new(self, row: Row, others: Sequence[Row]) -> Row:
        """Another person or organisation, which is otherwise as this one; other identifiers of the row are new, too."""
        fresh = dict(row)
        for column in self._columns(*NUMBERS):
            fresh[column] = self._new_number(column)
        for column in self._names():
            fresh[column] = self._new_name(column)
        for column in self._columns("identifier", "license_number"):
            fresh[column] = f"{row[column] or ''}"[:-3] + f"{self.random.randrange(1000):03}"
        return fresh

    def namesakes(self, row: Row) -> list[Row]:
        """Two people of one name, sex and birth, and a row without a number that may be of either."""
        [number], [birth], [household] = (
            [field.source for field in self.resource.fields if field.name == name]
            for name in ("resident_id", "birth_date", "household_number")
        )
        one = self._new_number(number)
        body = f"{one[:14]}{(int(one[14:17]) + 2) % 1000:03}"
        alike = {**self.new(row, []), birth: one[6:14]}
        numbers = (one, body + resident_check(body), None)
        return [{**alike, number: each, household: f"{alike[household]}{n}"} for n, each in enumerate(numbers)]

    def _columns(self, *elements: str) -> list[str]:
        return [f.source for f in self.resource.fields if f.element in elements or not elements]

    def _names(self) -> list[str]:
        """Columns with the name of a person or an organisation; who may be either is reported as text."""
        kinds = ("person_name", "organization_name", "text")
        return [f.source for f in self.resource.fields if f.element in kinds and f.name.endswith("name")]

    def _element(self, column: str) -> str:
        return next(field.element for field in self.resource.fields if field.source == column)

    def _new_number(self, column: str) -> str:
        if self._element(column) in ("uscc", "organization_identifier"):
            body = "91" + self.random.choice(AREAS) + "".join(self.random.choices(USCC_ALPHABET, k=9))
            return body + uscc_check(body)
        born = date(1950, 1, 1) + timedelta(self.random.randrange(60 * 365))
        body = f"{self.random.choice(AREAS)}{born:%Y%m%d}{self.random.randrange(1, 999):03}"
        return body + resident_check(body)

    def _new_name(self, column: str) -> str:
        given = "".join(self.random.choices(GIVEN, k=2))
        is_firm = self._element(column) == "organization_name"
        return f"{given}商贸有限公司" if is_firm else self.random.choice(SURNAMES) + given


Edit = Callable[[Row, Sequence[Row]], Row]
