"""What one would write instead: a script with pandas and Splink, `python -m suining_data_tests.benchmarks.peer DECODED RESULT`.

It reads the same decoded files as the floor, cleans each column by its data element (blanks, full-width digits, codes, dates,
numbers), takes a golden person per number and a golden organisation per USCC by the authority of the catalogue, and lets
Splink find who the persons without a number are. It writes Parquet files and prints its seconds as JSON.
Not here: what this project does besides (quarantine, provenance, contested numbers, checks, vetoes, stable ids, views).
"""

import json
import sys
import time
from pathlib import Path

import duckdb
import pandas as pd

from suining_data.catalog import Entity, Mode, Resource, load_catalog
from suining_data.catalog.model import FILE, RECEIVED
from suining_data.elements import ELEMENTS, Element
from suining_data_tests.benchmarks.plain_splink import clusters

NUMBER = {"person": "resident_id", "organization": "uscc"}
FULL_WIDTH = {ord("０") + i: str(i) for i in range(10)} | {ord("Ｘ"): "X"}
NUMERIC = ("double", "smallint", "bigint", "decimal(18,2)")
WITH_DIGITS = ("resident_id", "identity_number", "phone", "uscc", "organization_code", "organization_identifier")


def main() -> None:
    """Read, clean, merge and link; print the seconds of each as JSON."""
    decoded, result = Path(sys.argv[1]), Path(sys.argv[2])
    started = time.monotonic()
    records: dict[str, list[pd.DataFrame]] = {"person": [], "organization": []}
    for resource in load_catalog().shared:
        files = sorted(decoded.glob(f"{resource.id}__*.csv"))
        if files:
            staged = stage(files, resource)
            write(staged, result / "staged" / f"{resource.id}.parquet")
            for entity in resource.entities:
                if entity.subject in records:
                    records[entity.subject].append(records_of(staged, resource, entity))
    persons, organizations = (pd.concat(records[subject], ignore_index=True) for subject in NUMBER)
    # an organisation without a USCC is known by its name; who has no number is left to Splink
    organizations["organization_id"] = organizations["uscc"].fillna(organizations["name"])
    persons["person_id"] = persons["resident_id"]
    write(golden(organizations, "organization_id"), result / "organization.parquet")
    cleaned = time.monotonic()
    link(persons)
    linked = time.monotonic()
    write(golden(persons, "person_id"), result / "person.parquet")
    finished = time.monotonic()
    print(
        json.dumps(
            {"pandas_s": round(finished - linked + cleaned - started, 2), "splink_s": round(linked - cleaned, 2)}
        )
    )


def stage(files: list[Path], resource: Resource) -> pd.DataFrame:
    """The current rows of a resource, each column cleaned by its element."""
    if resource.delivery.mode is Mode.FULL:
        files = files[-1:]
    read = (pd.read_csv(file, dtype="str").assign(**{FILE: file.name, RECEIVED: None}) for file in files)
    raw = pd.concat(read, ignore_index=True).astype({RECEIVED: "str"})
    staged = pd.DataFrame(
        {field.name: clean(raw[field.source], ELEMENTS[field.element], field.unit) for field in resource.fields}
    )
    derived = [f"{column.sql} as {column.name}" for column in resource.derived if "ST_" not in column.sql]
    if derived:
        staged = duckdb.sql(f"select *, {', '.join(derived)} from staged").df()
    return staged.drop_duplicates(resource.key, keep="last") if resource.key else staged


def clean(values: pd.Series, element: Element, unit: str | None = None) -> pd.Series:
    """The values of a column as its element wants them; what cannot be read is missing."""
    text = values.str.strip()
    if element.id in WITH_DIGITS or element.sql_type != "varchar":
        text = text.str.translate(FULL_WIDTH)
    if element.id in ("resident_id", "identity_number", "uscc"):
        text = text.str.upper()
    if element.sql_type in ("date", "timestamp"):
        return dates(text)
    if element.sql_type in NUMERIC:
        return pd.to_numeric(text.str.replace(",", ""), errors="coerce") * element.units.get(unit or "", 1)
    if element.code_set:
        codes = {label: code for code, label in element.code_set.items()}
        text = text.map(codes).astype("str").fillna(text)
    return text.where(text != "")


def dates(text: pd.Series) -> pd.Series:
    """2019-08-11, 2019/8/11, 2019年8月11日 and 20190811 as times."""
    plain = text.str.replace("[年月/.]", "-", regex=True).str.replace("日", "")
    found = pd.to_datetime(plain, format="%Y%m%d", errors="coerce")
    return found.fillna(pd.to_datetime(plain.where(found.isna()), format="ISO8601", errors="coerce"))


def records_of(staged: pd.DataFrame, resource: Resource, entity: Entity) -> pd.DataFrame:
    """What a resource reports of one kind of subject, with the rank of each value as `<attribute>__rank`."""
    reported = pd.DataFrame(
        {attribute: staged[column] for attribute, column in entity.values.items() if column in staged}
    )
    default = entity.authority["default"]
    for attribute in list(reported):
        rank = entity.authority.get(attribute, default)
        if isinstance(rank, dict):
            reported[f"{attribute}__rank"] = reported[attribute].map(rank).fillna(rank["default"])
        else:
            reported[f"{attribute}__rank"] = rank
    reported["valid_from"] = staged[entity.valid_from] if entity.valid_from else pd.NaT
    number = NUMBER[entity.subject]
    if number not in reported:
        codes = reported["any_code"] if "any_code" in reported else pd.Series(None, index=reported.index, dtype="str")
        reported[number] = codes.where(codes.str.len() == 18)
    reported["resource_id"] = resource.id
    return reported


def golden(records: pd.DataFrame, key: str) -> pd.DataFrame:
    """A row per key: of each attribute the value of the best rank, of equal ranks the latest."""
    found = records[records[key].notna()]
    best = [found[[key]].drop_duplicates().set_index(key)]
    for attribute in found.columns:
        rank = f"{attribute}__rank"
        if rank in found:
            reported = found.loc[found[attribute].notna(), [key, attribute, rank, "valid_from"]]
            reported = reported.sort_values([rank, "valid_from"], ascending=[True, False], kind="stable")
            best.append(reported.drop_duplicates(key).set_index(key)[attribute])
    return pd.concat(best, axis=1).reset_index()


def link(persons: pd.DataFrame) -> None:
    """Fill in the person_id of records without a number: that of the person whom Splink links them to, or one of their own."""
    columns = ["name", "sex_code", "birth_date", "phone", "address", "person_id"]
    persons["address"] = persons["registered_address"].fillna(persons["residence_address"])
    without = persons.loc[persons["person_id"].isna() & persons["name"].notna(), columns]
    known = golden(persons.assign(address__rank=persons["registered_address__rank"]), "person_id")[columns]
    table = pd.concat([known, without.set_index(without.index.astype("str"))], ignore_index=False)
    table["unique_id"] = range(len(table))
    table["birth"] = table["birth_date"].dt.strftime("%Y%m%d").astype("str")
    table["birth"] = table["birth"].fillna(table["person_id"].str[6:14])
    linked = splink_clusters(table.drop(columns="birth_date")).merge(table[["unique_id", "person_id"]], on="unique_id")
    number = linked.groupby("cluster_id")["person_id"].transform("first")
    linked["person_id"] = number.fillna("cluster " + linked["cluster_id"].astype("str"))
    found = linked.set_index("unique_id")["person_id"].sort_index().iloc[len(known) :]
    persons.loc[without.index, "person_id"] = found.to_numpy()


def splink_clusters(table: pd.DataFrame) -> pd.DataFrame:
    """unique_id and cluster_id, of a model that is trained on the rows themselves."""
    with duckdb.connect() as con:
        found = clusters(con, table, [("name", "birth"), ("phone",)], with_number=False)
        return found.as_pandas_dataframe()[["unique_id", "cluster_id"]]


def write(table: pd.DataFrame, file: Path) -> None:
    """Write a Parquet file, its folder included."""
    file.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(file, index=False)


if __name__ == "__main__":
    main()
