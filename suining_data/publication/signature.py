"""The signature of a manifest (Ed25519): who has the public key knows that a snapshot was published with the private one.

Here: the private key and what it may not be, signing, checking a signature. Not here: what the manifest lists (manifest.py).

`openssl pkeyutl -verify -pubin -inkey KEY -rawin -in manifest.json -sigfile manifest.json.sig` checks it, too. The public key
beside the manifest shows damage; only a key that came another way shows who signed.
"""

import hashlib
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from suining_data.publication.manifest import MANIFEST
from suining_data.settings import Settings, Unusable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE = f"{MANIFEST}.sig"
PUBLIC_KEY = "manifest.pub"
HOW = "openssl genpkey -algorithm ed25519 -out FILE; chmod 600 FILE"


class KeyUnusable(Unusable):
    """A key that cannot sign or check; the message says which file and why."""


class Signed(Enum):
    """What a signature says of the manifest beside it."""

    NO = "unsigned"
    BY_KEY = "signed"
    BY_ANOTHER = "does not fit"


def signing_key(settings: Settings) -> "Ed25519PrivateKey | None":
    """The private key, None if none is set. Raises KeyUnusable."""
    file = settings.signing_key_file
    if file is None:
        return None
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if file.resolve().is_relative_to(settings.data.resolve()):
        raise KeyUnusable(
            f"{file}: 签名私钥不得放在数据目录内 (SUINING_SIGNING_KEY_FILE: the private key must not be in the data folder)"
        )
    if file.stat().st_mode & 0o077:
        raise KeyUnusable(f"{file}: 签名私钥只准本用户读取：chmod 600 (only its owner may read the private key)")
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError):  # TypeError: it has a password
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(
            f"{file}: 不是无口令的 Ed25519 私钥（PEM）。生成：{HOW} (no Ed25519 private key in PEM without a password: make one)"
        )
    return key


def sign(settings: Settings, snapshot: Path) -> None:
    """Sign the manifest of a snapshot and put the public key beside it, if a key is set. Raises KeyUnusable."""
    key = signing_key(settings)
    if key is None:
        return
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    (snapshot / SIGNATURE).write_bytes(key.sign((snapshot / MANIFEST).read_bytes()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (snapshot / PUBLIC_KEY).write_bytes(public)


def is_signed_as_set(settings: Settings, snapshot: Path) -> bool:
    """Whether the manifest is signed with the key that is set; true if none is set. Raises KeyUnusable."""
    from cryptography.exceptions import InvalidSignature

    key = signing_key(settings)
    if key is None:
        return True
    try:
        key.public_key().verify((snapshot / SIGNATURE).read_bytes(), (snapshot / MANIFEST).read_bytes())
    except (FileNotFoundError, InvalidSignature):
        return False
    return True


def fingerprint(public_key: Path) -> str:
    """sha256 of a public key in DER: `openssl pkey -pubin -in FILE -outform DER | sha256sum` says the same."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = _public(public_key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def signed(snapshot: Path, public_key: Path) -> Signed:
    """What the signature of a snapshot says to who has this public key (PEM). Raises KeyUnusable."""
    from cryptography.exceptions import InvalidSignature

    if not (snapshot / SIGNATURE).exists():
        return Signed.NO
    try:
        _public(public_key).verify((snapshot / SIGNATURE).read_bytes(), (snapshot / MANIFEST).read_bytes())
    except InvalidSignature:
        return Signed.BY_ANOTHER
    return Signed.BY_KEY


def _public(file: Path) -> "Ed25519PublicKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(file.read_bytes())
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(f"{file}: 不是 Ed25519 公钥（PEM） (no Ed25519 public key in PEM)")
    return key
