"""Adapter for PyJWT: PROTOCOL.md on stdin and stdout.

Deliberate about PyJWT:
- `jws.verify` is `PyJWS.decode_complete`, what `jwt.decode` calls before it looks at claims.
- With `allow` a key in PEM goes in as that text, with the list as `algorithms`. A key that comes as a
  JWK alone is read by `PyJWK.from_json`. One that names its `alg` goes in as the `PyJWK`, which holds
  the token to it; of one that names none the `key` goes in, since a `PyJWK` would guess the
  algorithm from `kty` (`HS256` for any secret). Releases whose `decode` knows no `PyJWK` get the `key`.
- Without `allow` no list is passed. The library then takes a `PyJWK` alone, so the JWK is preferred.
- A JWK set is asked as its `PyJWKClient` does it, with the set's text in place of the download: the
  key whose `kid` is the token's, of those with a `kid` that are for signatures.
- A detached payload is its `detached_payload`, for which the library demands `b64` false.
- `jws.sign` is `PyJWS.encode` with the header as it was asked. A header without `typ` gets none: it
  is passed as None, which the library documents to leave it out.
- It knows no JWE, so there is no `nested.open`; it has no thumbprints and imports no DER.
"""

import base64
import inspect
import json
import os
import platform
import sys
import warnings
from importlib.metadata import version

import jwt
from jwt import PyJWK, PyJWKClient, PyJWS
from jwt.algorithms import get_default_algorithms

SIG = [name for name in get_default_algorithms() if name not in ("none", "ES521")]
TAKES_PYJWK = hasattr(jwt.api_jws, "PyJWK")
TAKES_DETACHED = "detached_payload" in inspect.signature(PyJWS.decode_complete).parameters


class Unsupported(Exception):
    """What cannot be expressed: (what, value)."""


class KeySet(PyJWKClient):
    """The library's choice of a key by `kid`, of a set that is there already."""

    def __init__(self, text):
        super().__init__("https://127.0.0.1/")
        self.text = text

    def fetch_data(self):
        return json.loads(self.text)


def hello(_request):
    return {
        "protocol": 1,
        "implementation": {
            "name": "pyjwt",
            "version": version("pyjwt"),
            "language": "python",
            "runtime": f"CPython {platform.python_version()}, cryptography {version('cryptography')}",
            "source": "https://github.com/jpadilla/pyjwt",
            "issues": "https://github.com/jpadilla/pyjwt/issues",
        },
        "operations": [name for name in OPERATIONS if name != "hello"],
        "serializations": ["compact"],
        "alg": [],
        "enc": [],
        "sig": SIG,
        "keys": ["jwk", "pem"],
        "inputs": ["text", "bytes"],
        "knobs": ["allow"],
    }


def jws_verify(request):
    token, algorithms = token_of(request), (request.get("allow") or {}).get("sig")
    key = verification_key(request, token, algorithms)
    options = {}
    if "payload" in request:
        if not TAKES_DETACHED:
            raise Unsupported("input", "payload")
        options["detached_payload"] = decode(request["payload"])
    message = PyJWS().decode_complete(token, key, algorithms, **options)
    return {"payload": encode(message["payload"]), "header": json.dumps(message["header"])}


def jws_sign(request):
    if request.get("detached"):
        raise Unsupported("input", "detached")
    if request.get("serialization", "compact") != "compact":
        raise Unsupported("serialization", request["serialization"])
    header = json.loads(request["header"])
    algorithm = header.get("alg")
    if isinstance(algorithm, str) and algorithm not in SIG:
        raise Unsupported("sig", algorithm)
    key = request["key"]
    key = key["pem"] if "pem" in key else PyJWK.from_json(key["jwk"]).key
    headers = {"typ": None, **header}
    return {"token": PyJWS().encode(decode(request["payload"]), key, algorithm, headers)}


OPERATIONS = {"hello": hello, "jws.verify": jws_verify, "jws.sign": jws_sign}


def verification_key(request, token, algorithms):
    if "jwks" in request:
        return fitting(KeySet(request["jwks"]).get_signing_key_from_jwt(token), algorithms)
    key = request["key"]
    if "pem" in key and (algorithms is not None or "jwk" not in key):
        return key["pem"]
    if "jwk" not in key:
        raise Unsupported("key", ", ".join(key))
    return fitting(PyJWK.from_json(key["jwk"]), algorithms)


def fitting(key, algorithms):
    """A `PyJWK`, or its key where the library would guess an algorithm that the caller knows better."""
    names_alg = "alg" in key._jwk_data
    return key if TAKES_PYJWK and (names_alg or algorithms is None) else key.key


def token_of(request):
    return decode(request["token_b64"]) if "token_b64" in request else request["token"]


def encode(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decode(content):
    return base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))


def answer(request):
    operation = OPERATIONS.get(request["op"])
    if operation is None:
        return {"unsupported": {"what": "op", "value": request["op"]}}
    return reported(lambda: operation(request.get("in", {})))


def reported(call):
    try:
        return {"accept": call()}
    except Unsupported as error:
        return {"unsupported": {"what": error.args[0], "value": error.args[1]}}
    except jwt.PyJWTError as error:
        return {"reject": {"kind": type(error).__name__, "msg": str(error)}}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of cryptography's Rust core is no Exception
        return {"error": {"kind": class_name(type(error)), "msg": str(error)}}


def class_name(kind):
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def main():
    warnings.simplefilter("ignore")  # about short keys: it says them on stderr for each token
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to stderr
    for line in sys.stdin.buffer:
        request = json.loads(line)
        out.write(json.dumps({"id": request["id"], **answer(request)}) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
