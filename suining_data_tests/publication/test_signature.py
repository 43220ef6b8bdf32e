"""A signed manifest: who has the public key knows who published it, with openssl as well."""

import json
import subprocess
from pathlib import Path

import duckdb
import pytest

from suining_data.publication import KeyUnusable, Signed, fingerprint, is_whole, publish, signed
from suining_data.settings import Settings
from suining_data_tests.publication.test_snapshot import con, settings

__all__ = ["con", "settings"]  # fixtures


def private_key(folder: Path, *kind: str) -> Path:
    """A key as the documents say to make it."""
    file = folder / f"{'_'.join(kind) or 'key'}.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", *(kind or ("ed25519",)), "-out", str(file)], check=True)
    file.chmod(0o600)
    return file


def signing(settings: Settings, key: Path) -> Settings:
    return settings.model_copy(update={"signing_key_file": key})


def openssl_agrees(published: Path) -> bool:
    names = {name: str(published / name) for name in ("manifest.json", "manifest.json.sig", "manifest.pub")}
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", names["manifest.pub"], "-rawin"]
    command += ["-in", names["manifest.json"], "-sigfile", names["manifest.json.sig"]]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_a_manifest_is_signed_and_a_change_of_it_does_not_fit(
    con: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path
) -> None:
    publish(con, signing(settings, private_key(tmp_path)), "run1")
    published = settings.published
    public = tmp_path / "copy.pub"
    public.write_bytes((published / "manifest.pub").read_bytes())
    assert signed(published, public) is Signed.BY_KEY
    assert openssl_agrees(published)
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", str(public), "-outform", "DER"], check=True, capture_output=True
    )
    sha256 = subprocess.run(["sha256sum"], input=der.stdout, check=True, capture_output=True).stdout.decode()
    assert sha256.split()[0] == fingerprint(public)
    manifest = published / "manifest.json"
    manifest.resolve().write_text(manifest.read_text(encoding="utf-8").replace("run1", "run2"), encoding="utf-8")
    assert signed(published, public) is Signed.BY_ANOTHER
    assert not openssl_agrees(published)


def test_a_new_key_makes_the_next_refresh_publish_and_no_key_leaves_no_signature(
    con: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path
) -> None:
    publish(con, settings, "run1")
    assert not list(settings.published.glob("manifest.*[gb]"))
    assert is_whole(con, settings)
    one, other = signing(settings, private_key(tmp_path)), signing(settings, private_key(tmp_path, "ed25519"))
    assert not is_whole(con, one), "it is not signed yet"
    publish(con, one, "run2")
    assert is_whole(con, one)
    assert not is_whole(con, other), "the key was changed"
    publish(con, settings, "run3")
    assert not list(settings.published.glob("manifest.*[gb]"))
    assert signed(settings.published, tmp_path / "no.pub") is Signed.NO


def test_a_key_that_cannot_be_kept_or_used_is_refused(
    con: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path
) -> None:
    open_to_all, rsa, text = private_key(tmp_path), private_key(tmp_path, "rsa"), tmp_path / "text"
    text.write_text("no key", encoding="ascii")
    text.chmod(0o600)
    inside = settings.data / "key.pem"
    inside.write_bytes(open_to_all.read_bytes())
    inside.chmod(0o600)
    open_to_all.chmod(0o644)
    for key, said in ((open_to_all, "chmod 600"), (rsa, "openssl genpkey"), (text, "openssl"), (inside, "数据目录内")):
        with pytest.raises(KeyUnusable, match=said):
            publish(con, signing(settings, key), "run1")
    assert not (settings.published / "current").exists(), "nothing is published unsigned instead"


def test_the_manifest_covers_every_file_of_a_snapshot(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    publish(con, settings, "run1")
    folder = settings.published / "snapshots" / "run1"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    kinds = (manifest[kind] for kind in ("tables", "validations", "others"))
    listed = {manifest["database"]["file"], *(entry["file"] for entries in kinds for entry in entries)}
    assert listed == {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()} - {"manifest.json"}
