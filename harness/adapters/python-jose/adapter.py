"""Adapter for python-jose: PROTOCOL.md on stdin and stdout.

Deliberate about python-jose:
- `allow.sig` becomes `algorithms`. Without it None is passed, which is the default of `jwt.decode`.
- `jwe.decrypt` has no list. A caller who wants one reads `jwe.get_unverified_header` first, and so
  does the adapter: what `allow` does not have is a rejection of kind `adapter-allow`.
- Of a key the PEM is taken where there is one, as the text that it is. A JWK or a JWK set goes to
  `jws.verify` and `jwt.decode` as text too, which they parse. A secret for JWE is no JWK for it:
  the octets of `k` go in, and one that names its use is unsupported, since octets cannot say it. Any
  other JWK for JWE or for signing is a dict, which the adapter parses with `json.loads`; what that
  refuses is a rejection of kind `adapter-json`.
- `jwe.decrypt` returns None, not an error, for what has an encrypted key where none may be: no
  plaintext came, so that is a rejection of kind `adapter-none`.
- `jwe.encrypt` writes `alg`, `enc`, `zip`, `cty` and `kid`, no other parameter. `jws.sign` adds `typ`
  JWT where the header names none.
- `nested.open` is `jwe.decrypt`, then `jwt.decode` with `audience`, `issuer` and `leeway`; a claim that
  is expected is required too. It never compares the header's `typ`: the adapter does, and says so
  (`adapter-expect`). It takes one audience; several are unsupported.
- There is no parameter for the time: `now` replaces the class `datetime` of the module `jose.jwt`.
- Its backend is cryptography, as its documentation recommends.
"""

import base64
import json
import os
import platform
import sys
import warnings
from contextlib import nullcontext
from datetime import datetime, timezone
from importlib.metadata import version
from unittest import mock

from jose import jwe, jws, jwt
from jose.constants import ALGORITHMS
from jose.exceptions import JOSEError

ALG = sorted(ALGORITHMS.SUPPORTED & ({ALGORITHMS.DIR} | ALGORITHMS.RSA_KW | ALGORITHMS.AES_KW))
ENC = sorted(ALGORITHMS.AES_JWE_ENC)
SPOKEN = {"alg", "use", "key_ops"}
SIG = sorted(ALGORITHMS.HMAC | ALGORITHMS.RSA_DS | ALGORITHMS.EC_DS)


class Refused(Exception):
    """The adapter's own rejection, where the library has nothing that could be asked."""


class Unsupported(Exception):
    """What cannot be expressed: (what, value)."""


def hello(_request):
    return {
        "protocol": 1,
        "implementation": {
            "name": "python-jose",
            "version": version("python-jose"),
            "language": "python",
            "runtime": f"CPython {platform.python_version()}, cryptography {version('cryptography')}",
            "source": "https://github.com/mpdavis/python-jose",
            "issues": "https://github.com/mpdavis/python-jose/issues",
        },
        "operations": [name for name in OPERATIONS if name != "hello"],
        "serializations": ["compact"],
        "alg": ALG,
        "enc": ENC,
        "sig": SIG,
        "keys": ["jwk", "pem"],
        "inputs": ["text", "bytes"],
        "knobs": ["allow", "now", "skew"],
    }


def jwe_decrypt(request):
    plaintext, header = decrypted(request, request)
    return {"plaintext": encode(plaintext), "header": json.dumps(header)}


def jwe_encrypt(request):
    if request.get("aad"):
        raise Unsupported("input", "aad")
    token = encrypted(decode(request["plaintext"]), request)
    return {"token": token}


def jws_verify(request):
    if "payload" in request:
        raise Unsupported("input", "payload")
    token = token_of(request)
    payload = jws.verify(token, verification_key(request), sig_allowed(request))
    return {"payload": encode(payload), "header": json.dumps(jws.get_unverified_header(token))}


def jws_sign(request):
    if request.get("detached"):
        raise Unsupported("input", "detached")
    return {"token": signed(decode(request["payload"]), request)}


def nested_open(request):
    inner, outer = decrypted(request, request["decrypt"])
    expect = request.get("expect") or {}
    options = {"leeway": request.get("skew", 0)}
    options |= {f"require_{name}": True for name in ("iss", "aud") if name in expect}
    audience = expect.get("aud")
    if isinstance(audience, list):
        if len(audience) != 1:
            raise Unsupported("input", "several audiences")
        audience = audience[0]
    with clock(request.get("now")):
        claims = jwt.decode(
            inner,
            verification_key(request["verify"]),
            sig_allowed(request),
            options=options,
            audience=audience,
            issuer=expect.get("iss"),
        )
    header = jwt.get_unverified_header(inner)
    typ = header.get("typ")
    if expect.get("typ") and media_type(typ) not in map(media_type, expect["typ"]):
        raise Refused("adapter-expect", f"the inner typ is {typ!r}")
    return {"claims": json.dumps(claims), "outer": json.dumps(outer), "inner": json.dumps(header)}


def nested_seal(request):
    inner = signed(parse(request["claims"]), request["sign"])
    return {"token": encrypted(inner, request["encrypt"])}


OPERATIONS = {
    "hello": hello,
    "jwe.decrypt": jwe_decrypt,
    "jwe.encrypt": jwe_encrypt,
    "jws.verify": jws_verify,
    "jws.sign": jws_sign,
    "nested.open": nested_open,
    "nested.seal": nested_seal,
}


def decrypted(request, keys):
    if "limits" in request:
        raise Unsupported("knob", "limits")
    if "jwks" in keys:
        raise Unsupported("key", "jwks")
    token, allow = token_of(request), request.get("allow") or {}
    header = jwe.get_unverified_header(token)
    for name in ("alg", "enc"):
        if name in allow and header.get(name) not in allow[name]:
            raise Refused("adapter-allow", f"{name} is {header.get(name)!r}")
    plaintext = jwe.decrypt(token, jwe_key(keys["key"]))
    if plaintext is None:
        raise Refused("adapter-none", "decrypt returned None")
    return plaintext, header


def encrypted(plaintext, request):
    if request.get("serialization", "compact") != "compact":
        raise Unsupported("serialization", request["serialization"])
    header = parse(request["header"])
    wanted(header, alg=ALG, enc=ENC)
    for name in header.keys() - {"alg", "enc", "zip", "cty", "kid"}:
        raise Unsupported("input", f"the header parameter {name}")
    more = {name: header[name] for name in ("zip", "cty", "kid") if name in header}
    key = jwe_key(request["key"])
    return jwe.encrypt(plaintext, key, header["enc"], header["alg"], **more).decode()


def signed(payload, request):
    if request.get("serialization", "compact") != "compact":
        raise Unsupported("serialization", request["serialization"])
    header = parse(request["header"])
    wanted(header, sig=SIG)
    key = request["key"]
    key = key["pem"] if "pem" in key else parse(key["jwk"])
    if isinstance(payload, dict):
        return jwt.encode(payload, key, header["alg"], headers=header)
    return jws.sign(payload, key, headers=header, algorithm=header["alg"])


def wanted(header, **declared):
    """For the directions that take no `allow`: what the library does not have is unsupported."""
    for kind, names in declared.items():
        name = header["alg" if kind == "sig" else kind]
        if name not in names:
            raise Unsupported(kind, name)


def sig_allowed(request):
    return (request.get("allow") or {}).get("sig")


def verification_key(request):
    if "jwks" in request:
        return request["jwks"]
    for form in ("pem", "jwk"):
        if form in request["key"]:
            return request["key"][form]
    raise Unsupported("key", ", ".join(request["key"]))


def jwe_key(key):
    if "pem" in key:
        return key["pem"]
    if "jwk" not in key:
        raise Unsupported("key", ", ".join(key))
    jwk = parse(key["jwk"])
    if not isinstance(jwk, dict) or jwk.get("kty") != "oct":
        return jwk
    for name in SPOKEN & jwk.keys():
        raise Unsupported("key", f"a secret that names {name}")
    try:
        secret = decode(jwk["k"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refused("adapter-key", f"k: {error}") from error
    if encode(secret) != jwk["k"]:
        raise Refused("adapter-key", "k is no base64url")
    return secret


def clock(now):
    if now is None:
        return nullcontext()

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(now, tz)

        @classmethod
        def utcnow(cls):
            return datetime.fromtimestamp(now, timezone.utc)

    return mock.patch("jose.jwt.datetime", Clock)


def token_of(request):
    return decode(request["token_b64"]) if "token_b64" in request else request["token"]


def parse(content):
    try:
        return json.loads(content)
    except ValueError as error:
        raise Refused("adapter-json", str(error)) from error


def media_type(name):
    """RFC 7515 §4.1.9: a name without a slash stands for `application/` and the name."""
    name = name.lower() if isinstance(name, str) else ""
    return name if "/" in name else f"application/{name}"


def encode(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decode(content):
    return base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))


def answer(request):
    operation = OPERATIONS.get(request["op"])
    if operation is None:
        return {"unsupported": {"what": "op", "value": request["op"]}}
    try:
        return {"accept": operation(request.get("in", {}))}
    except Unsupported as error:
        return {"unsupported": {"what": error.args[0], "value": error.args[1]}}
    except Refused as error:
        return {"reject": {"kind": error.args[0], "msg": error.args[1]}}
    except JOSEError as error:
        return {"reject": {"kind": type(error).__name__, "msg": str(error)}}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of cryptography's Rust core is no Exception
        return {"error": {"kind": class_name(type(error)), "msg": str(error)}}


def class_name(kind):
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def main():
    warnings.simplefilter("ignore")  # it warns on stderr for each token verified with a private key
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to stderr
    for line in sys.stdin.buffer:
        request = json.loads(line)
        out.write(json.dumps({"id": request["id"], **answer(request)}) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
