"""The seal on a report: a PAdES B-B signature, made and checked by pyHanko.

The key and its certificate lie in `KEYS_DIR/report.pem` (PKCS #8 and X.509 in PEM,
readable by this user alone). Without the file one is made, signed by itself; a city
puts the certificate of an authority there. Whoever verifies believes the certificate
because the signed data of the report names its digest, not because of who issued it.

A signature can't cover itself, so what stands where it lies is compared with the one
spelling that it can have: no byte of the file can be changed unseen.

Sources: ETSI EN 319 142-1 (PAdES), ISO 32000-2, 12.8 (signatures), RFC 5652 (CMS).
"""

from __future__ import annotations

import io
import os
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from asn1crypto import cms
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Xinheng"
FILE_NAME = "report.pem"
DIGEST = "sha256"
_TERM = timedelta(days=10 * 366)
# A broken file makes the libraries that read it fail in many ways.
_READING_FAILS = (
    *(PdfError, SignatureValidationError, UnsupportedAlgorithm, zlib.error),
    *(ArithmeticError, AssertionError, AttributeError, LookupError),
    *(NotImplementedError, RecursionError, TypeError, ValueError),
)


class SealError(RuntimeError):
    """The key of the seal can't be used; the message names the remedy."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} must hold a private key and its certificate in PEM, readable by"
            " this user alone"
        )


class BrokenSealError(ValueError):
    """The file's seal is missing, is another one, or the file was changed."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A key with the certificate that goes with it, in DER."""

    key: bytes
    certificate: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return sha256(self.certificate).hexdigest()


def load(keys_dir: Path, *, name: str, at: datetime) -> Seal:
    """Return the seal, making one that is signed by itself where there is none.

    Raises:
        SealError: the file can't be read, or holds no key with its certificate.
    """
    path = keys_dir / FILE_NAME
    try:
        if not path.exists():
            _make(path, name, at)
        if path.stat().st_mode & 0o077:
            raise SealError(path)
        return _read(path.read_bytes())
    except (OSError, ValueError, TypeError):
        raise SealError(path) from None


def seal(pdf: bytes, by: Seal, *, at: datetime) -> bytes:
    """Return the PDF with its signature appended."""
    certificate = Certificate.load(by.certificate)
    signer = signers.SimpleSigner(
        signing_cert=certificate,
        signing_key=PrivateKeyInfo.load(by.key),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    told = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    sealed = signers.PdfSigner(told, signer).sign_pdf(writer, in_place=False)
    content: bytes = sealed.getvalue()
    return content


def require(pdf: bytes, *, fingerprint: str) -> None:
    """Refuse a file that is not, byte by byte, what the seal was put on.

    `fingerprint` is the digest of the certificate that the report's data names.

    Raises:
        BrokenSealError: it is not.
    """
    try:
        held = _holds(pdf, fingerprint)
    except _READING_FAILS:
        held = False
    if not held:
        raise BrokenSealError


def _holds(pdf: bytes, fingerprint: str) -> bool:
    reader = PdfFileReader(io.BytesIO(pdf))
    [signature] = reader.embedded_signatures
    certificate = signature.signer_cert
    if sha256(certificate.dump()).hexdigest() != fingerprint:
        return False
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    status = validate_pdf_signature(signature, context)
    return (
        status.intact
        and status.valid
        and signature.field_name == FIELD
        and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
        and _is_spelled_once(pdf, signature)
    )


def _is_spelled_once(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Tell whether the signature stands in its gap in the one form it can have."""
    first, begin, second, _ = signature.byte_range
    gap = pdf[first + begin : second]
    digits = _rebuilt(signature).hex().encode()
    inner = gap[1:-1]
    return (
        gap[:1] + gap[-1:] == b"<>"
        and inner == inner.upper()
        and inner[: len(digits)].lower() == digits
        and not inner[len(digits) :].strip(b"0")
    )


def _rebuilt(signature: EmbeddedPdfSignature) -> bytes:
    """Return the signature made anew from the parts that are signed or fixed."""
    signer, certificate = signature.signer_info, signature.signer_cert
    names = {
        "issuer": certificate.issuer,
        "serial_number": certificate.serial_number,
    }
    rebuilt = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {"issuer_and_serial_number": cms.IssuerAndSerialNumber(names)}
            ),
            "digest_algorithm": cms.DigestAlgorithm({"algorithm": DIGEST}),
            "signed_attrs": signer["signed_attrs"],
            "signature_algorithm": signer["signature_algorithm"],
            "signature": signer["signature"],
        }
    )
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms(
                [cms.DigestAlgorithm({"algorithm": DIGEST})]
            ),
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [rebuilt],
        }
    )
    whole = cms.ContentInfo({"content_type": "signed_data", "content": data})
    content: bytes = whole.dump()
    return content


def _make(path: Path, name: str, at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    usage = dict.fromkeys(
        (
            *("key_encipherment", "data_encipherment", "key_agreement"),
            *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + _TERM)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage),
            True,
        )
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    draft.rename(path)


def _read(content: bytes) -> Seal:
    key = load_pem_private_key(content, password=None)
    certificate = x509.load_pem_x509_certificate(content)
    if key.public_key() != certificate.public_key():
        raise ValueError("key and certificate")
    return Seal(
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        certificate.public_bytes(Encoding.DER),
    )
