"""MSAL for Python as an assertion builder: gets TOUCHSTONE_COUNT tokens by client_credentials.

A `ConfidentialClientApplication` with a certificate, as daemons have it, whose cache of tokens is
emptied before each request; what is judged is the assertion that comes out. It asks the issuer for its
metadata and insists on https, and on a path in the issuer's URL: a dot, which its HTTP client takes
away. It takes no `kid` but the thumbprint of the certificate, and that decides
the algorithm: SHA-256 for PS256, SHA-1 (its older way) for RS256. Other algorithms end with 3, a refusal
with its text and 1.
"""

import datetime
import os
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from msal import ConfidentialClientApplication

ALGORITHM = os.environ["TOUCHSTONE_ALG"]
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "touchstone")])
DAY = datetime.timedelta(days=1)


def certificate(pem):
    key = serialization.load_pem_private_key(pem.encode(), None)
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(NAME, NAME, key.public_key(), 1, now - DAY, now + DAY)
    return builder.sign(key, hashes.SHA256())


def credential():
    pem = Path(os.environ["TOUCHSTONE_KEY_FILE"]).read_text(encoding="utf-8")
    if ALGORITHM == "RS256":
        thumbprint = certificate(pem).fingerprint(hashes.SHA1()).hex()
        return {"private_key": pem, "thumbprint": thumbprint}
    text = certificate(pem).public_bytes(serialization.Encoding.PEM).decode()
    return {"private_key": pem, "public_certificate": text}


if ALGORITHM not in ("RS256", "PS256"):
    sys.exit(3)
application = ConfidentialClientApplication(
    os.environ["TOUCHSTONE_CLIENT_ID"],
    oidc_authority=os.environ["TOUCHSTONE_ISSUER"].rstrip("/") + "/.",
    client_credential=credential(),
)
for _ in range(int(os.environ["TOUCHSTONE_COUNT"])):
    application.remove_tokens_for_client()
    answer = application.acquire_token_for_client(scopes=["api"])
    if "error" in answer:
        sys.exit(f"{answer['error']}: {answer.get('error_description')}")
