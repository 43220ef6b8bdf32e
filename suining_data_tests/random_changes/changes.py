"""Random changes to the deliveries of the town, as its departments and the people who review pairs make them.

Here: the kinds of change, and drawing them; the same seed draws the same changes from the same town. Not here: what
happens inside a row (edits.py), what is expected after a change (test_delta_is_full.py).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from suining_data.catalog import Mode
from suining_data.orchestration import state
from suining_data.review.decisions import Decision, append, decidable_pairs
from suining_data.settings import Settings
from suining_data_tests.bench import RESIDENTS
from suining_data_tests.random_changes.edits import Edit, Editor
from suining_data_tests.random_changes.exchange import ExchangeTable
from suining_data_tests.random_changes.registers import Register, Row
from suining_data_tests.random_changes.town import EXCHANGED, registers, town_catalog

FIRST_NEW_DAY = date(2019, 9, 1)  # after all that the sample delivers
MOST_ROWS = 8  # of one change
MOST_TRIES = 100  # to find something to change
KINDS = (
    *("new", "corrected", "moved", "merged", "split", "withdrawn"),
    *("late", "older_full", "out_of_order"),
    *("replaced", "removed", "delivered_twice"),
    *("exchanged", "deleted", "ambiguous", "decided"),
)


class Changes:
    """Draws and makes one change after another; `made` says what was done, without a value of a row."""

    def __init__(self, settings: Settings, table: ExchangeTable, seed: int) -> None:
        self.settings, self.table, self.seed, self.random = settings, table, seed, Random(seed)
        self.registers = registers(settings)
        self.today = FIRST_NEW_DAY
        self.held_back: list[tuple[Register, Path, list[Row], Path]] = []  # a file that a newer one has overtaken
        self.made: list[str] = []

    def make_any(self) -> str:
        """Make a change, or several that arrive in the same night. Returns what was done."""
        return self._make([KINDS] * self.random.choice((1, 1, 1, 2, 3)))

    def make(self, *kinds: str) -> str:
        """Make a change of each kind, all in the same night. Returns what was done."""
        return self._make([[kind] for kind in kinds])

    def _make(self, choices: Sequence[Sequence[str]]) -> str:
        self.today += timedelta(1)
        done = "; ".join(self._make_one_of(kinds) for kinds in choices)
        self.made.append(done)
        return done

    def _make_one_of(self, kinds: Sequence[str]) -> str:
        """A kind is drawn until one finds something to change."""
        for _ in range(MOST_TRIES):
            kind = self.random.choice(kinds)
            if done := getattr(self, f"_{kind}")():
                return f"{kind}: {done}"
        raise LookupError(f"nothing to change by {', '.join(kinds)}")

    # kinds of change to rows, delivered today

    def _new(self) -> str:
        return self._deliver("new")

    def _corrected(self) -> str:
        return self._deliver("corrected")

    def _moved(self) -> str:
        return self._deliver("moved")

    def _merged(self) -> str:
        return self._deliver("merged")

    def _split(self) -> str:
        return self._deliver("split")

    def _withdrawn(self) -> str:
        """Rows that are no longer in the newest full delivery."""
        register = self._draw_register(Mode.FULL)
        like = register.files[-1]
        rows = register.read(like)
        gone = self._draw_places(rows)
        file = register.named(self.today)
        register.write(file, [row for place, row in enumerate(rows) if place not in gone], like)
        return f"{file.name} without {len(gone)} rows"

    # deliveries at another time than expected

    def _late(self) -> str:
        """Rows of a newer file of a delta, otherwise than there, under an older name."""
        return self._deliver_old(Mode.DELTA)

    def _older_full(self) -> str:
        """A full delivery that a newer one has replaced long ago."""
        return self._deliver_old(Mode.FULL)

    def _out_of_order(self) -> str:
        """Two days of one resource; the second comes first, the first with a later change."""
        if self.held_back:
            register, file, rows, like = self.held_back.pop()
            register.write(file, rows, like)
            return f"{file.name}, after a newer one"
        register = self._draw_register(Mode.DELTA)
        like = register.files[-1]
        rows = self._draw_rows(register.read(like))
        edited = [self._edited(register, row, rows) for row in rows]
        self.held_back.append((register, register.named(self.today), edited, like))
        self.today += timedelta(1)
        file = register.named(self.today)
        register.write(file, [self._edited(register, row, rows) for row in rows], like)
        return f"{file.name}, before an older one"

    # files as such

    def _replaced(self) -> str:
        """Another content under the same name."""
        register = self._draw_register()
        file = self.random.choice(register.files)
        rows = register.read(file)
        places = self._draw_places(rows)
        rows = [self._edited(register, row, rows) if place in places else row for place, row in enumerate(rows)]
        register.write(file, rows, file)
        return f"{file.name} again, {len(places)} rows otherwise"

    def _removed(self) -> str:
        """A file is no longer in landing/; what it brought stays."""
        register = self._draw_register()
        if len(register.files) < 2:
            return ""
        file = self.random.choice(register.files)
        file.unlink()
        return file.name

    def _delivered_twice(self) -> str:
        """The content of an older file under a new name."""
        register = self._draw_register()
        source, file = self.random.choice(register.files), register.named(self.today)
        file.write_bytes(source.read_bytes())
        return f"{file.name} as {source.name}"

    # other ways in

    def _exchanged(self) -> str:
        """New and changed rows of the exchange table."""
        rows = self.table.rows()
        editor = Editor(town_catalog().resource(EXCHANGED), self.random)
        changed = {
            key: self._draw_edit(editor)(rows[key], list(rows.values())) for key in self._draw_rows(sorted(rows))
        }
        added = {max(rows) + 1: editor.new(self.random.choice(list(rows.values())), [])}
        self.table.put(changed | added)
        return f"{len(changed)} rows of the exchange table changed, 1 new"

    def _deleted(self) -> str:
        """Rows are gone from the exchange table; some stay."""
        rows = sorted(self.table.rows())
        if len(rows) <= MOST_ROWS:
            return ""
        keys = self._draw_rows(rows)
        self.table.delete(keys)
        return f"{len(keys)} rows gone from the exchange table"

    def _decided(self) -> str:
        """A person decides about an open pair, or revises a decision."""
        with state.open_for_refresh(self.settings) as con:
            pairs = con.sql("select pair_id from linked.review order by all").fetchall()
            decided = con.sql("select subject, token_l, token_r from registry.decision order by all").fetchall()
            if not pairs:
                return ""
            [pair] = self.random.choice(pairs)
            verdict = self.random.choice(("same", "same", "different", "unsure"))
            append(con, [Decision(pair, verdict, "reviewer")], decidable_pairs(con, [pair]))
        return f"pair {pair} {verdict}, after {len(decided)} decisions"

    def _ambiguous(self) -> str:
        """Residents among whom linkage leaves a pair for people to decide."""
        register = self.registers[RESIDENTS]
        like, file = register.files[-1], register.named(self.today)
        rows = register.read(like)
        added = Editor(register.resource, self.random).namesakes(self.random.choice(rows))
        register.write(file, [*rows, *added], like)
        return f"{file.name}, {len(added)} namesakes more"

    # how they are made

    def _deliver(self, kind: str) -> str:
        """Rows edited, in today's delivery: with all other rows in a full one, alone in a delta."""
        register = self._draw_register()
        is_full = register.resource.delivery.mode is Mode.FULL
        like = register.files[-1] if is_full else self.random.choice(register.files)
        rows = register.read(like)
        file, edit = register.named(self.today), getattr(Editor(register.resource, self.random), kind)
        edited = {place: edit(rows[place], rows) for place in self._draw_places(rows)}
        if kind == "new":
            kept = rows if is_full else []
            register.write(file, [*kept, *edited.values()], like)
        else:
            register.write(file, [edited.get(n, row) for n, row in enumerate(rows) if is_full or n in edited], like)
        return f"{file.name}, {len(edited)} rows"

    def _deliver_old(self, mode: Mode) -> str:
        register = self._draw_register(mode)
        newest = register.files[-1]
        rows = register.read(newest)
        first = register.day_of(register.files[0])
        file = register.named(first + timedelta(self.random.randrange(-40, (register.day_of(newest) - first).days + 1)))
        if file.exists():
            return ""
        places = self._draw_places(rows)
        edited = {place: self._edited(register, rows[place], rows) for place in places}
        is_full = mode is Mode.FULL
        register.write(file, [edited.get(n, row) for n, row in enumerate(rows) if is_full or n in edited], newest)
        return f"{file.name}, {len(places)} rows"

    def _draw_register(self, mode: Mode | None = None) -> Register:
        """One that has files with rows."""
        found = [each for each in self.registers.values() if mode in (None, each.resource.delivery.mode)]
        while True:
            register = self.random.choice(found)
            if register.files and register.read(register.files[-1]):
                return register

    def _draw_rows(self, rows: Sequence) -> list:
        return self.random.sample(rows, min(len(rows), self.random.randint(1, MOST_ROWS)))

    def _draw_places(self, rows: Sequence[Row]) -> list[int]:
        return sorted(self._draw_rows(range(len(rows))))

    def _draw_edit(self, editor: Editor) -> Edit:
        return self.random.choice((editor.corrected, editor.moved, editor.merged, editor.split))

    def _edited(self, register: Register, row: Row, rows: Sequence[Row]) -> Row:
        return self._draw_edit(Editor(register.resource, self.random))(row, rows)
