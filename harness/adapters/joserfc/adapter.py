"""Adapter for joserfc: PROTOCOL.md on stdin and stdout.

Deliberate about joserfc:
- Without `allow` no list is passed, and its recommended algorithms stand: RSA-OAEP, A128KW, A256KW,
  dir, ECDH-ES with neither or one of those wraps, all six `enc`, HS256, RS256 and ES256. Everything
  else (RSA-OAEP-256 and PS256 among them) works only when pinned.
- `allow` becomes its list of algorithms, which for JWE is one list for `alg`, `enc` and `zip`. An
  `allow` says nothing about `zip`, so `DEF` stays in the list, as it is among the recommended.
  An empty list is passed as it is; joserfc takes it for no list.
- Parameters that it does not know it refuses by default, against RFC 7515 §4; its documentation has
  a registry with `strict_check_header=False` for who needs them, and that is used for opening and
  verifying. What `crit` names it still refuses.
- `jwe.encrypt`, `jws.sign` and `nested.seal` have no `allow`: the header names the algorithm that
  the caller wants, and that is passed.
- Its functions take JSON serializations, JWKs and headers as Python dicts. The adapter parses the
  text with `json.loads`, and what that refuses is a rejection of kind `adapter-json`. What begins
  with `{` is given to the functions for JSON, anything else to those for compact.
- `nested.open` is `jwe.decrypt_compact`, then `jwt.decode`, then `jwt.JWTClaimsRegistry`, which is
  made without demands unless `expect` has some: `exp` and `nbf` are checked if they are there.
  It never compares the header's `typ`: the adapter does, and says so (`adapter-expect`).
- PEM and DER are imported by `jwk.import_key` without a key type, since the protocol has none.
- Limits of `p2c` and of inflation are fixed in the library; there is no knob.
"""

import base64
import functools
import json
import os
import platform
import sys
from importlib.metadata import version

from joserfc import jwe, jwk, jws, jwt
from joserfc.errors import JoseError

ALG = list(jwe.JWERegistry.algorithms["alg"])
ENC = list(jwe.JWERegistry.algorithms["enc"])
SIG = [name for name in jws.JWSRegistry.algorithms if name != "none"]


class Refused(Exception):
    """The adapter's own rejection, where the library has nothing that could be asked."""


class Unsupported(Exception):
    """What cannot be expressed: (what, value)."""


def hello(_request):
    return {
        "protocol": 1,
        "implementation": {
            "name": "joserfc",
            "version": version("joserfc"),
            "language": "python",
            "runtime": f"CPython {platform.python_version()}, cryptography {version('cryptography')}",
            "source": "https://github.com/authlib/joserfc",
            "issues": "https://github.com/authlib/joserfc/issues",
        },
        "operations": [name for name in OPERATIONS if name != "hello"],
        "serializations": ["compact", "general", "flattened"],
        "alg": ALG,
        "enc": ENC,
        "sig": SIG,
        "keys": ["jwk", "pem", "der"],
        "inputs": ["text", "bytes"],
        "knobs": ["allow", "now", "skew"],
    }


def jwe_decrypt(request):
    if "limits" in request:
        raise Unsupported("knob", "limits")
    token, registry = token_of(request), jwe_registry(request)
    if is_json(token):
        message = jwe.decrypt_json(parse(token), key_of(request), registry=registry)
        headers = message.recipients[0].headers()
    else:
        message = jwe.decrypt_compact(token, key_of(request), registry=registry)
        headers = message.headers()
    return {"plaintext": encode(message.plaintext), "header": json.dumps(headers)}


def jwe_encrypt(request):
    header, plaintext = parse(request["header"]), decode(request["plaintext"])
    algorithms = wanted(header, alg=ALG, enc=ENC)
    serialization = request.get("serialization", "compact")
    if serialization == "compact":
        return {"token": jwe.encrypt_compact(header, plaintext, key_of(request), algorithms)}
    general = serialization == "general"
    kind = jwe.GeneralJSONEncryption if general else jwe.FlattenedJSONEncryption
    aad = decode(request["aad"]) if request.get("aad") else None
    message = kind(header, plaintext, aad=aad)
    message.add_recipient(None, key_of(request))
    return {"token": json.dumps(jwe.encrypt_json(message, None, algorithms))}


def jws_verify(request):
    token, registry = token_of(request), jws_registry(request)
    detached = request.get("payload")
    if is_json(token):
        members = parse(token)
        if detached is not None:
            members["payload"] = detached
        message = jws.deserialize_json(members, key_of(request), registry=registry)
        headers = getattr(message, "members", None) or [message.member]
        headers = headers[0].headers()
    else:
        payload = None if detached is None else decode(detached)
        key = key_of(request)
        message = jws.deserialize_compact(token, key, payload=payload, registry=registry)
        headers = message.headers()
    return {"payload": encode(message.payload), "header": json.dumps(headers)}


def jws_sign(request):
    header, payload = parse(request["header"]), decode(request["payload"])
    algorithms = wanted(header, sig=SIG)
    serialization = request.get("serialization", "compact")
    if serialization == "compact":
        token = jws.serialize_compact(header, payload, key_of(request), algorithms)
    else:
        member = {"protected": header}
        member = [member] if serialization == "general" else member
        token = jws.serialize_json(member, payload, key_of(request), algorithms)
    if request.get("detached"):
        token = jws.detach_content(token)
    return {"token": token if isinstance(token, str) else json.dumps(token)}


def nested_open(request):
    outer = jwe.decrypt_compact(
        token_of(request), key_of(request["decrypt"]), registry=jwe_registry(request)
    )
    inner = jwt.decode(
        outer.plaintext, key_of(request["verify"]), registry=jws_registry(request)
    )
    expect = request.get("expect") or {}
    options = {}
    if "iss" in expect:
        options["iss"] = {"essential": True, "value": expect["iss"]}
    if "aud" in expect:
        audience = expect["aud"] if isinstance(expect["aud"], list) else [expect["aud"]]
        options["aud"] = {"essential": True, "values": audience}
    demands = jwt.JWTClaimsRegistry(now=request.get("now"), leeway=request.get("skew", 0), **options)
    demands.validate(inner.claims)
    typ = inner.header.get("typ")
    if expect.get("typ") and media_type(typ) not in map(media_type, expect["typ"]):
        raise Refused("adapter-expect", f"the inner typ is {typ!r}")
    return {
        "claims": json.dumps(inner.claims),
        "outer": json.dumps(outer.headers()),
        "inner": json.dumps(inner.header),
    }


def nested_seal(request):
    sign, encrypt = request["sign"], request["encrypt"]
    header, claims = parse(sign["header"]), parse(request["claims"])
    algorithms = wanted(header, sig=SIG)
    inner = jwt.encode(header, claims, key_of(sign), algorithms, default_type=None)
    header = parse(encrypt["header"])
    algorithms = wanted(header, alg=ALG, enc=ENC)
    return {"token": jwe.encrypt_compact(header, inner, key_of(encrypt), algorithms)}


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


def jwe_registry(request):
    return jwe.JWERegistry(algorithms=jwe_allowed(request) or None, strict_check_header=False)


def jws_registry(request):
    algorithms = (request.get("allow") or {}).get("sig") or None
    return jws.JWSRegistry(algorithms=algorithms, strict_check_header=False)


def jwe_allowed(request):
    allow = request.get("allow") or {}
    if "alg" not in allow and "enc" not in allow:
        return None
    recommended = jwe.JWERegistry.recommended
    alg = allow.get("alg", [name for name in recommended if name in ALG])
    enc = allow.get("enc", [name for name in recommended if name in ENC])
    return [*alg, *enc, "DEF"] if alg or enc else []


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
    for form in ("jwk", "pem", "der"):
        if form in request["key"]:
            return imported(form, request["key"][form])
    raise Unsupported("key", ", ".join(request["key"]))


@functools.lru_cache(maxsize=256)
def imported(form, content):
    if form == "jwks":
        return jwk.KeySet.import_key_set(parse(content))
    if form == "jwk":
        return jwk.import_key(parse(content))
    return jwk.import_key(content if form == "pem" else decode(content))


def token_of(request):
    return decode(request["token_b64"]) if "token_b64" in request else request["token"]


def is_json(token):
    return token.lstrip()[:1] in ("{", b"{")


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
