"""Papers for tests of `kpigen verify`: a repository with its PDFs, unsigned and signed, and those of a forger."""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kpigen.diagnostics.wording import ENGLISH
from kpigen.site.pdf import PdfUnavailable, engine
from tests.helpers.forms import ROOT, make_repository, run

FRONT, OTHER, ROUND = "P-001.front-desk", "P-002.front-desk", "P-003.cs-360"
PEOPLE = "id,name,login,email,department,position,manager,form,from,to\n" + "".join(
    f"{id_},{name},,,客服部,主管,{manager},,2025-01-01,\n"
    for id_, name, manager in (
        ("M-001", "周明远", ""),
        ("P-001", "林晚秋", "M-001"),
        ("P-002", "江望舒", "M-001"),
        ("P-003", "沈知夏", "M-001"),
    )
)
DESK = """\
---
employee: {{id: {id}, name: {name}, department: 客服部, position: 主管}}
period: 2026-03
form: front-desk
status: draft
metrics:
  follow_up_calls: {calls}
  complaints: {{late: 1, escalated: 0}}
  satisfaction_survey: 0
  training: 0
  customer_records: 0
  service_improvement: 0
  five_s: 0
  cashier: 0
  team_interviews: 0
  turnover: {{leavers: 0, start: 8, end: 8}}
  compliance: 0
comments: {{follow_up_calls: 系统停机两天。}}
feedback: {{plan: 每周复盘一次。}}
---

三月平稳。
"""
CIRCLE = (ROOT / "tests/golden/cs-360-01.md").read_text("utf-8")


def certificate(folder: Path, name: str, rsa: bool = False) -> tuple[Path, Path]:
    """A self-signed certificate: the file to sign with, the file to trust. Its key is of an elliptic curve, or of RSA."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import NameOID

    key = generate_private_key(65537, 2048) if rsa else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    p12, pem = folder / f"{name}.p12", folder / f"{name}.pem"
    locked = serialization.BestAvailableEncryption(b"secret")
    p12.write_bytes(pkcs12.serialize_key_and_certificates(name.encode(), key, made, None, locked))
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return p12, pem


def repository(folder: Path, calls: str = "593") -> Path:
    """Three people, published; the ratings of one are confidential."""
    root = make_repository(folder, ("front-desk", "cs-360"), PEOPLE)
    here = root / "reviews/2026-03"
    here.mkdir()
    (here / f"{FRONT}.md").write_text(DESK.format(id="P-001", name="林晚秋", calls=calls), "utf-8")
    (here / f"{OTHER}.md").write_text(DESK.format(id="P-002", name="江望舒", calls="600"), "utf-8")
    text = re.sub(r"  id: \S+\n  name: \S+\n", "  id: P-003\n  name: 沈知夏\n", CIRCLE)
    text = re.sub(r"period: \S+", "period: 2026-03", text).replace("peers: [", "peers: [71.5, 93.25, ")
    (here / f"{ROUND}.md").write_text(text.replace("\n---\n\n", "\nfeedback: {plan: 每周一次。}\n---\n\n"), "utf-8")
    run(root, "submit", here, "--date", "2026-04-01", "--yes", code=None)
    for role in ("employee", "assessor", "leader", "hr"):
        for file in sorted(here.glob("*.md")):
            run(root, "confirm", file, "--role", role, "--name", "某人", "--date", "2026-04-02", "--yes")
    run(root, "publish", here, "--date", "2026-04-03", "--yes")
    return root


@dataclass(frozen=True)
class World:
    """A repository with its unsigned and its signed site, what to trust, and a forger's signed site."""

    root: Path
    trust: Path
    p12: Path
    forged: Path
    folder: Path

    def pdf(self, site: str, name: str) -> bytes:
        return pdf_of(self.root / site, name).read_bytes()


def pdf_of(site: Path, name: str) -> Path:
    id_, form = name.split(".")
    return site / f"people/{id_}/2026-03/{form}.pdf"


def make_world(folder: Path) -> World:
    """Publish the reviews and print them. Skip the test if no PDFs can be made here."""
    made = engine()
    if isinstance(made, PdfUnavailable):
        pytest.skip(f"No PDFs here: {ENGLISH.words(made.reason)}. {ENGLISH.words(made.hint)}")
    p12, trust = certificate(folder, "Example HR")
    forger, _ = certificate(folder, "Somebody Else")
    root, forged = repository(folder / "own"), repository(folder / "forged", calls="600")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPIGEN_SIGN_PASSWORD", "secret")
        run(root, "build", "--out", root / "unsigned")
        run(root, "build", "--out", root / "site", "--sign", p12)
        run(forged, "build", "--out", forged / "site", "--sign", forger)
        run(forged, "build", "--out", forged / "unsigned")
    return World(root, trust, p12, forged, folder)


def answers(paths: list[Path], *options: str | Path) -> tuple[int, dict[str, dict[str, Any]]]:
    result = run(ROOT, "verify", *paths, *options, "--format", "json", code=None)
    said = {Path(item["file"]).name: item for item in json.loads(result.stdout)}
    return result.exit_code, said


def holds(item: dict[str, Any]) -> list[bool | None]:
    return [one["holds"] for one in item["answers"]]


def codes(item: dict[str, Any]) -> set[str]:
    return {problem["code"] for one in item["answers"] for problem in one["problems"]}
