"""Adapter for the module authlib.jose of Authlib: PROTOCOL.md on stdin and stdout.

Deliberate about Authlib:
- Without `allow`, `JsonWebEncryption()` and `JsonWebSignature()` are made without a list and take
  every algorithm that is not deprecated (`none` and RSA1_5 are), and `nested.open` verifies with the
  module's ready-made `jwt`. RSA1_5 works only when pinned.
- `allow` becomes the list of algorithms, which for JWE is one list for `alg`, `enc` and `zip`. An
  `allow` says nothing about `zip`, so `DEF` stays in the list.
- `jwe.encrypt`, `jws.sign` and `nested.seal` have no `allow`: the header names the algorithm that
  the caller wants, and that is passed.
- The library reads compact and JSON serializations from text itself (`deserialize`). Of JWE it has
  the general syntax, not the flattened one, which is therefore not declared, though of JWS it has
  both; of a JSON JWE it takes one key, no key set.
- JWKs and headers are Python dicts for it. The adapter parses their text with `json.loads`, and
  what that refuses is a rejection of kind `adapter-json`. DER keys are not imported.
- A key set goes to JWE and JWS as a function that asks `KeySet.find_by_kid`, which is what the
  library does itself in `jwt.decode`.
- `nested.open` is `JsonWebEncryption`, then `jwt.decode`, then `claims.validate`.
  It never compares the header's `typ`: the adapter does, and says so (`adapter-expect`).
- The module is deprecated in favour of joserfc, which has an adapter of its own.
"""

import base64
import functools
import json
import os
import platform
import sys
from importlib.metadata import version

from authlib.jose import JsonWebEncryption, JsonWebKey, JsonWebSignature, JsonWebToken, jwt
from authlib.jose.errors import JoseError

ALG = list(JsonWebEncryption.ALG_REGISTRY)
ENC = list(JsonWebEncryption.ENC_REGISTRY)
SIG = [name for name in JsonWebSignature.ALGORITHMS_REGISTRY if name != "none"]


class Refused(Exception):
    """The adapter's own rejection, where the library has nothing that could be asked."""


class Unsupported(Exception):
    """What cannot be expressed: (what, value)."""


def hello(_request):
    return {
        "protocol": 1,
        "implementation": {
            "name": "authlib-jose",
            "version": version("authlib"),
            "language": "python",
            "runtime": f"CPython {platform.python_version()}, cryptography {version('cryptography')}",
            "source": "https://github.com/authlib/authlib",
            "issues": "https://github.com/authlib/authlib/issues",
        },
        "operations": [name for name in OPERATIONS if name != "hello"],
        "serializations": ["compact", "general"],
        "alg": ALG,
        "enc": ENC,
        "sig": SIG,
        "keys": ["jwk", "pem"],
        "inputs": ["text", "bytes"],
        "knobs": ["allow", "now", "skew"],
    }


def jwe_decrypt(request):
    if "limits" in request:
        raise Unsupported("knob", "limits")
    token = token_of(request)
    if "jwks" in request and token[:1] in ("{", b"{"):
        raise Unsupported("key", "jwks")
    message = JsonWebEncryption(jwe_allowed(request)).deserialize(token, key_of(request))
    return {"plaintext": encode(message["payload"]), "header": header_text(message["header"])}


def jwe_encrypt(request):
    header, plaintext = parse(request["header"]), decode(request["plaintext"])
    encryption = JsonWebEncryption(wanted(header, alg=ALG, enc=ENC))
    serialization = request.get("serialization", "compact")
    if serialization == "flattened":
        raise Unsupported("serialization", serialization)
    if serialization == "compact":
        return {"token": encryption.serialize_compact(header, plaintext, key_of(request)).decode()}
    headers = {"protected": header}
    if request.get("aad"):
        headers["aad"] = decode(request["aad"])
    return {"token": json.dumps(encryption.serialize_json(headers, plaintext, key_of(request)))}


def jws_verify(request):
    if request.get("payload") is not None:
        raise Unsupported("input", "payload")
    message = JsonWebSignature(sig_allowed(request)).deserialize(token_of(request), key_of(request))
    return {"payload": encode(message["payload"]), "header": json.dumps(message["header"])}


def jws_sign(request):
    if request.get("detached"):
        raise Unsupported("input", "detached")
    header, payload = parse(request["header"]), decode(request["payload"])
    signature = JsonWebSignature(wanted(header, sig=SIG))
    serialization = request.get("serialization", "compact")
    if serialization == "compact":
        return {"token": signature.serialize_compact(header, payload, key_of(request)).decode()}
    headers = {"protected": header}
    headers = [headers] if serialization == "general" else headers
    return {"token": json.dumps(signature.serialize_json(headers, payload, key_of(request)))}


def nested_open(request):
    outer = JsonWebEncryption(jwe_allowed(request))
    outer = outer.deserialize_compact(token_of(request), key_of(request["decrypt"]))
    expect = request.get("expect") or {}
    options = {}
    if "iss" in expect:
        options["iss"] = {"essential": True, "value": expect["iss"]}
    if "aud" in expect:
        audience = expect["aud"] if isinstance(expect["aud"], list) else [expect["aud"]]
        options["aud"] = {"essential": True, "values": audience}
    algorithms = sig_allowed(request)
    inner = jwt if algorithms is None else JsonWebToken(algorithms)
    claims = inner.decode(outer["payload"], key_of(request["verify"]), claims_options=options)
    claims.validate(now=request.get("now"), leeway=request.get("skew", 0))
    typ = claims.header.get("typ")
    if expect.get("typ") and media_type(typ) not in map(media_type, expect["typ"]):
        raise Refused("adapter-expect", f"the inner typ is {typ!r}")
    return {
        "claims": json.dumps(claims),
        "outer": json.dumps(outer["header"]),
        "inner": json.dumps(claims.header),
    }


def nested_seal(request):
    sign, encrypt = request["sign"], request["encrypt"]
    header = parse(sign["header"])
    signature = JsonWebSignature(wanted(header, sig=SIG))
    inner = signature.serialize_compact(header, request["claims"].encode(), key_of(sign))
    header = parse(encrypt["header"])
    encryption = JsonWebEncryption(wanted(header, alg=ALG, enc=ENC))
    return {"token": encryption.serialize_compact(header, inner, key_of(encrypt)).decode()}


def jwk_thumbprint(request):
    if request.get("hash", "SHA-256") != "SHA-256":
        raise Unsupported("alg", request["hash"])  # a key's thumbprint has no other
    return {"thumbprint": key_of(request).thumbprint()}


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


def jwe_allowed(request):
    allow = request.get("allow") or {}
    if "alg" not in allow and "enc" not in allow:
        return None
    return [*allow.get("alg", ALG), *allow.get("enc", ENC), "DEF"]


def sig_allowed(request):
    return (request.get("allow") or {}).get("sig")


def wanted(header, **declared):
    """The algorithms that a header names, for the directions that take no `allow`."""
    if not isinstance(header, dict):
        return [name for names in declared.values() for name in names]
    names = [header.get("alg" if kind == "sig" else kind) for kind in declared]
    for kind, name in zip(declared, names):
        if isinstance(name, str) and name not in declared[kind]:
            raise Unsupported(kind, name)
    return [*names, header.get("zip")]


def key_of(request):
    if "jwks" in request:
        return imported("jwks", request["jwks"])
    for form in ("jwk", "pem"):
        if form in request["key"]:
            return imported(form, request["key"][form])
    raise Unsupported("key", ", ".join(request["key"]))


@functools.lru_cache(maxsize=256)
def imported(form, content):
    if form == "jwks":
        keys = JsonWebKey.import_key_set(parse(content))
        return lambda header, _payload: keys.find_by_kid(header.get("kid"))
    return JsonWebKey.import_key(parse(content) if form == "jwk" else content)


def token_of(request):
    return decode(request["token_b64"]) if "token_b64" in request else request["token"]


def header_text(header):
    """A general JWE has its JOSE header in parts."""
    if "recipients" in header:
        recipient = header["recipients"][0].get("header", {})
        header = {**header.get("unprotected", {}), **recipient, **header.get("protected", {})}
    return json.dumps(header)


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
    except JoseError as error:
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
