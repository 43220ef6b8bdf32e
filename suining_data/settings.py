"""The folders of the project and the limits of memory and threads, read from the environment.

Here: paths and limits. Not here: what is delivered (catalog/), what a value is (elements/).
"""

import os
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent
REFERENCE = PROJECT / "data" / "reference"
SQL = PROJECT / "dbt_like_sql"
KEYS = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "suining_data"


ExchangeWaiver = Literal["tls", "certificate", "host_name", "md5", "cleartext_password", "no_password"]


def _listed(text: object) -> object:
    """The names in a variable of the environment."""
    return tuple(name.strip() for name in text.split(",") if name.strip()) if isinstance(text, str) else text


def _path(text: object) -> object:
    """An empty variable is no path: it would mean the folder in which the command runs."""
    if text == "":
        raise ValueError("it is empty")
    return text


SetPath = Annotated[Path, BeforeValidator(_path)]


class Unusable(Exception):
    """What a setting names, a key or a group, cannot be used; the message says why and what to do."""


class Limits(BaseSettings):
    """What one delivered file may cost, so that a hostile or broken file is refused and all others are read.

    Each is set by an environment variable, for example `SUINING_LIMIT_CELLS`. A refusal names the limit.
    """

    model_config = SettingsConfigDict(env_prefix="SUINING_LIMIT_")

    reader_memory_gb: float = Field(default=4.0, gt=0.2)  # of the process that reads the file
    reader_seconds: float = Field(default=900.0, gt=0)  # for one file in that process
    unpacked_gb: float = Field(default=8.0, gt=0)  # from one archive or workbook
    unpacked_ratio: int = Field(default=200, ge=1)  # unpacked to packed size; registers as text reach 10 to 30
    cells: int = Field(default=30_000_000, ge=1)  # between A1 and the last cell of a sheet
    text_mb: int = Field(default=512, ge=1)  # million characters in the cells of one workbook, each cell counted
    columns: int = Field(default=2_000, ge=1)  # of one table
    document_mb: int = Field(default=16, ge=1)  # of one JSON document or one XML record


class Settings(BaseSettings):
    """`SUINING_DATA` moves the data folder; `SUINING_MEMORY_GB` and `SUINING_THREADS` limit DuckDB.
    `SUINING_EXCHANGE_DSN` is the address of the exchange database; it includes the password, so it is never shown.
    `SUINING_EXCHANGE_INSECURE` names what that server need not prove, separated by commas; nothing else switches it off.
    `SUINING_EXCHANGE_SECONDS` is how long it may take to answer one query.
    `SUINING_QUIET_SECONDS` is how long a file in landing/ must be unchanged before it is read.
    `SUINING_SNAPSHOTS_KEPT` is how many snapshots are kept, with the published one.
    `SUINING_UNATTENDED=true` switches the schedules and sensors on, as a deployment wants it; each can be switched in the
    UI, too.
    `SUINING_ALERT_WEBHOOK` is where alerts go, `SUINING_ALERT_SECRET` signs them for DingTalk: neither is ever shown.
    `SUINING_UI_URL` is the address of Dagster's interface, to which an alert links.
    `SUINING_DAGSTER_DSN` is a PostgreSQL database for Dagster's log, which otherwise is in the data folder; never shown.
    `SUINING_CORRECTION_WORKDAYS` is how many working days a unit has for a correction.
    `SUINING_FULL_GROUP`, `SUINING_ANALYST_GROUP` and `SUINING_OPEN_GROUP` are the groups of users that may open what is
    published for them.
    `SUINING_PSEUDONYM_KEY_FILE` is the key of the pseudonyms; it is made if missing, and must not be in the data folder.
    `SUINING_SIGNING_KEY_FILE` is a file with the Ed25519 key that signs what is published.
    `SUINING_KEY_FILE` is a file with the key that encrypts what has personal values; it must not be in the data folder."""

    model_config = SettingsConfigDict(env_prefix="SUINING_")

    data: SetPath = PROJECT / "data"
    memory_gb: float = Field(default=4.0, gt=0.2)
    threads: int | None = Field(default=None, ge=1)
    exchange_dsn: SecretStr | None = None
    exchange_insecure: Annotated[tuple[ExchangeWaiver, ...], NoDecode, BeforeValidator(_listed)] = ()
    exchange_seconds: float = Field(default=900.0, gt=0, le=86_400)
    quiet_seconds: float = Field(default=60.0, ge=0)
    snapshots_kept: int = Field(default=7, ge=1)
    unattended: bool = False
    alert_webhook: SecretStr | None = None
    alert_secret: SecretStr | None = None
    alert_format: Literal["dingtalk", "json"] = "dingtalk"
    alert_score_drop: float = Field(
        default=5.0, ge=0, le=100
    )  # points of 100 within a day that a unit's score may fall
    keep_days: int = Field(default=90, ge=7)  # of runs in Dagster's log, and of raw rows of replaced batches
    ui_url: str = "http://127.0.0.1:3000"
    dagster_dsn: SecretStr | None = None
    correction_workdays: int = Field(default=10, ge=1)
    full_group: str | None = None
    analyst_group: str | None = None
    open_group: str | None = None
    pseudonym_key_file: SetPath = KEYS / "pseudonym.key"
    signing_key_file: SetPath | None = None
    key_file: SetPath | None = None

    @property
    def landing(self) -> Path:
        return self.data / "landing"

    @property
    def raw(self) -> Path:
        return self.data / "raw"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse" / "suining.duckdb"

    @property
    def registry_backup(self) -> Path:
        return self.data / "registry" / "registry.duckdb"

    @property
    def published(self) -> Path:
        return self.data / "published"

    @property
    def truth(self) -> Path:
        return self.data / "truth"

    @property
    def reports(self) -> Path:
        return self.data / "reports"

    @property
    def dagster_home(self) -> Path:
        return self.data / "dagster"


@cache
def settings() -> Settings:
    """The settings of this process; tests set the environment and call `settings.cache_clear()`."""
    return Settings()
