"""What is published against its manifest, and the manifest against its signature.

Here: the files of one snapshot, also of a copy of it elsewhere. Not here: what the manifest lists, and which manifests were
published (publication/).
"""

from pathlib import Path
from typing import Any

from suining_data.damage import damaged_publication
from suining_data.publication import (
    MANIFEST,
    PUBLIC_KEY,
    Broken,
    Signed,
    broken_files,
    fingerprint,
    listed_files,
    read_manifest,
    signed,
)
from suining_data.verification.finding import Checked, Stage

AGAIN_ZH, AGAIN_EN = "请运行 suining refresh 重新发布", "`suining refresh` publishes again"


def check_snapshot(checked: Checked, snapshot: Path, public_key: Path | None = None) -> tuple[dict[str, Any], bool]:
    """The files of a snapshot, and its signature. Returns its manifest, and whether all files are those that it lists.

    `public_key`: of who must have signed it; if None, the one beside the manifest.
    """
    manifest = read_manifest(snapshot / MANIFEST)
    if not manifest:
        said = f"{snapshot / MANIFEST}: 缺失或无法读取。{AGAIN_ZH} (missing or unreadable: {AGAIN_EN})"
        checked.add(Stage.PUBLISHED, 1, said)
        return manifest, False
    broken = broken_files(snapshot, manifest)
    differing = [_broken(snapshot / name, how) for name, how in broken.items()]
    checked.add(Stage.PUBLISHED, len(listed_files(manifest)), *differing)
    _check_signature(checked, snapshot, public_key)
    return manifest, not broken


def _check_signature(checked: Checked, snapshot: Path, public_key: Path | None) -> None:
    key = public_key or snapshot / PUBLIC_KEY
    found = signed(snapshot, key) if key.exists() or public_key else Signed.NO
    if found is Signed.BY_ANOTHER:
        said = f"{snapshot / MANIFEST}: 签名与公钥 {key} 不符。{AGAIN_ZH} (the signature does not fit this key: {AGAIN_EN})"
        checked.add(Stage.PUBLISHED, 0, said)
    elif found is Signed.NO and public_key:
        checked.add(Stage.PUBLISHED, 0, f"{snapshot / MANIFEST}: 未签名 (unsigned)")
    elif found is Signed.NO:
        checked.notes.append("清单未签名：未设 SUINING_SIGNING_KEY_FILE (the manifest is unsigned: no key is set)")
    elif public_key:
        checked.notes.append(f"清单的签名与 {public_key} 相符 (the manifest is signed with this key)")
    else:
        checked.notes.append(
            f"清单的签名与其旁的公钥相符，公钥指纹 {fingerprint(key)}；该公钥是否为发布者所有，须另行核对：--public-key "
            "(the signature fits the public key beside it; only a key that came another way shows whose it is)"
        )


def _broken(file: Path, how: Broken) -> str:
    if how is Broken.CHANGED:
        return str(damaged_publication(file))
    if how is Broken.MISSING:
        return f"{file}: 缺失。{AGAIN_ZH} (missing: {AGAIN_EN})"
    return f"{file}: 不在清单中，请移走 (not in the manifest: move it away)"
