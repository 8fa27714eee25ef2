"""Adapter for jwcrypto: PROTOCOL.md on stdin and stdout.

Deliberate about jwcrypto:
- `allow` becomes its one flat list of algorithms; where a list is absent, its default list stands.
  RSA1_5 is not in that list, so it works only when pinned. It takes an empty list for no list.
- `jwe.encrypt`, `jws.sign` and `nested.seal` have no `allow`: the header names the algorithm that
  the caller wants, and that is allowed.
- `limits` sets `jwa.default_max_pbkdf2_iterations` (16,384) and the argument `max_plaintext`, which
  releases before 1.5.7 do not have.
- `nested.open` is two `jwt.JWT`, with the `expected_type` stated. With `check_claims` the library
  no longer looks at `exp` and `nbf`, unless they are listed, and then they are required. So the
  inner token is validated twice: as it is, for the times, then with `check_claims` for `expect`,
  also where it is empty: only then are the claims an object.
- There is no parameter for the time: `now` replaces the clock of the module `jwcrypto.jwt`.
  Without `skew` the leeway is the library's, 60 seconds.
- It never compares the header's `typ`: the adapter does, and says so (`adapter-expect`).
- It imports PEM and JWK, not DER; tokens are text.
- A key is imported anew for each request: a `JWK` keeps the native key of its first use and does not
  look at the curve again (suites/FINDINGS.md), so answers would depend on the requests before.
"""

import base64
import inspect
import json
import os
import platform
import sys
import time
from importlib.metadata import version

from cryptography.hazmat.primitives import hashes
from jwcrypto import jwa, jwe, jwk, jws, jwt
from jwcrypto.common import JWException

ENC = [name for name in jwe.default_allowed_algs if "GCM" in name or "CBC" in name]
ENC = [name for name in ENC if not name.endswith("KW")]
ALG = [name for name in jwe.default_allowed_algs if name not in ENC]
SIG = jws.default_allowed_algs
HASHES = {"SHA-256": hashes.SHA256(), "SHA-384": hashes.SHA384(), "SHA-512": hashes.SHA512()}
P2C = jwa.default_max_pbkdf2_iterations
BOUNDS_PLAINTEXT = "max_plaintext" in inspect.signature(jwe.JWE.decrypt).parameters


class Refused(Exception):
    """The adapter's own rejection, where the library has nothing that could be asked."""


class Unsupported(Exception):
    """What cannot be expressed: (what, value)."""


class Clock:
    """Stands in for the module `time` inside `jwcrypto.jwt`."""

    now = None

    @classmethod
    def time(cls):
        return time.time() if cls.now is None else cls.now


jwt.time = Clock


def hello(_request):
    return {
        "protocol": 1,
        "implementation": {
            "name": "jwcrypto",
            "version": version("jwcrypto"),
            "language": "python",
            "runtime": f"CPython {platform.python_version()}, cryptography {version('cryptography')}",
            "source": "https://github.com/latchset/jwcrypto",
            "issues": "https://github.com/latchset/jwcrypto/issues",
        },
        "operations": [name for name in OPERATIONS if name != "hello"],
        "serializations": ["compact", "general", "flattened"],
        "alg": ALG + ["RSA1_5"],
        "enc": ENC,
        "sig": SIG,
        "keys": ["jwk", "pem"],
        "inputs": ["text"],
        "knobs": ["allow", "now", "skew", "limits"],
    }


def jwe_decrypt(request):
    token = jwe.JWE(algs=allowed(request, alg=ALG, enc=ENC))
    token.deserialize(text(request))
    limits = request.get("limits") or {}
    jwa.default_max_pbkdf2_iterations = limits.get("p2c", P2C)
    bound = {"max_plaintext": limits.get("inflated_bytes", 0)} if BOUNDS_PLAINTEXT else {}
    token.decrypt(key_of(request), **bound)
    return {"plaintext": encode(token.payload), "header": header_text(token.jose_header)}


def jwe_encrypt(request):
    header = request["header"]
    token = jwe.JWE(
        decode(request["plaintext"]),
        protected=header,
        aad=decode(request["aad"]) if request.get("aad") else None,
        algs=wanted(header, alg=ALG + ["RSA1_5"], enc=ENC),
        flattened=request.get("serialization") != "general",
    )
    token.add_recipient(key_of(request))
    return {"token": token.serialize(compact=is_compact(request))}


def jws_verify(request):
    token = jws.JWS()
    if (algorithms := allowed(request, sig=SIG)) is not None:
        token.allowed_algs = algorithms
    token.deserialize(text(request))
    detached = request.get("payload")
    token.verify(key_of(request), detached_payload=None if detached is None else decode(detached))
    payload = decode(detached) if detached is not None else as_bytes(token.payload)
    return {"payload": encode(payload), "header": header_text(token.jose_header)}


def jws_sign(request):
    if request.get("serialization") == "general":
        raise Unsupported("serialization", "general")  # one signature serializes as flattened
    header = request["header"]
    token = jws.JWS(decode(request["payload"]))
    token.allowed_algs = wanted(header, sig=SIG)
    token.add_signature(key_of(request), protected=header)
    if request.get("detached"):
        token.detach_payload()
    return {"token": token.serialize(compact=is_compact(request))}


def nested_open(request):
    Clock.now = request.get("now")
    outer = jwt.JWT(expected_type="JWE", algs=allowed(request, alg=ALG, enc=ENC))
    outer.deserialize(text(request), key_of(request["decrypt"]))
    inner = verified(outer.claims, request, None)
    expect = request.get("expect") or {}
    claims = {name: expect[name] for name in ("iss", "aud") if name in expect}
    verified(outer.claims, request, claims)
    typ = json.loads(inner.header).get("typ")
    if expect.get("typ") and (
        not isinstance(typ, str) or inner.norm_typ(typ) not in map(inner.norm_typ, expect["typ"])
    ):
        raise Refused("adapter-expect", f"the inner typ is {typ!r}")
    return {"claims": inner.claims, "outer": outer.header, "inner": inner.header}


def verified(token, request, claims):
    inner = jwt.JWT(expected_type="JWS", algs=allowed(request, sig=SIG), check_claims=claims)
    if "skew" in request:
        inner.leeway = request["skew"]
    inner.deserialize(token, key_of(request["verify"]))
    return inner


def nested_seal(request):
    sign, encrypt = request["sign"], request["encrypt"]
    inner = jwt.JWT(sign["header"], request["claims"], algs=wanted(sign["header"], sig=SIG))
    inner.make_signed_token(key_of(sign))
    algorithms = wanted(encrypt["header"], alg=ALG + ["RSA1_5"], enc=ENC)
    outer = jwt.JWT(encrypt["header"], inner.serialize(), algs=algorithms)
    outer.make_encrypted_token(key_of(encrypt))
    return {"token": outer.serialize()}


def jwk_thumbprint(request):
    name = request.get("hash", "SHA-256")
    if name not in HASHES:
        raise Unsupported("alg", name)
    return {"thumbprint": key_of(request).thumbprint(HASHES[name])}


OPERATIONS = {
    "hello": hello,
    "jwe.decrypt": jwe_decrypt,
    "jwe.encrypt": jwe_encrypt,
    "jws.verify": jws_verify,
    "jws.sign": jws_sign,
    "nested.open": nested_open,
    "nested.seal": nested_seal,
    "jwk.thumbprint": jwk_thumbprint,
}


def allowed(request, **defaults):
    """The library's flat list out of the lists of `allow`; None asks for its defaults."""
    allow = request.get("allow")
    if allow is None or not any(kind in allow for kind in defaults):
        return None
    return [name for kind, names in defaults.items() for name in allow.get(kind, names)]


def wanted(header, **declared):
    """The algorithms that a header names, for the directions that take no `allow`."""
    try:
        members = json.loads(header)
        names = {kind: members.get("alg" if kind == "sig" else kind) for kind in declared}
    except (ValueError, AttributeError):
        return [name for names in declared.values() for name in names]
    for kind, name in names.items():
        if isinstance(name, str) and name not in declared[kind]:
            raise Unsupported(kind, name)
    return list(names.values())


def key_of(request):
    if "jwks" in request:
        return imported("jwks", request["jwks"])
    for form in ("jwk", "pem"):
        if form in request["key"]:
            return imported(form, request["key"][form])
    raise Unsupported("key", ", ".join(request["key"]))


def imported(form, content):
    if form == "jwks":
        return jwk.JWKSet.from_json(content)
    return jwk.JWK.from_json(content) if form == "jwk" else jwk.JWK.from_pem(content.encode())


def text(request):
    if "token" not in request:
        raise Unsupported("input", "bytes")
    return request["token"]


def header_text(header):
    """A general serialization has one header a recipient or signature; one alone is that one."""
    if isinstance(header, list) and len(header) == 1:
        header = header[0]
    return json.dumps(header)


def is_compact(request):
    return request.get("serialization", "compact") == "compact"


def as_bytes(payload):
    return payload.encode() if isinstance(payload, str) else payload


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
    except JWException as error:
        return {"reject": {"kind": type(error).__name__, "msg": str(error)}}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of cryptography's Rust core is no Exception
        return {"error": {"kind": class_name(type(error)), "msg": str(error)}}


def class_name(kind):
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def main():
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to stderr
    for line in sys.stdin.buffer:
        request = json.loads(line)
        out.write(json.dumps({"id": request["id"], **answer(request)}) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
