"""Adapter for the client assertions of Authlib: PROTOCOL.md on stdin and stdout.

Deliberate about Authlib:
- `assertion.validate` is `ClientAuthentication.authenticate` with a `JWTBearerClientAssertion` for
  `private_key_jwt`, subclassed as its documentation tells: the client's keys are a `KeySet`, the
  audiences are the caller's, and `validate_jti` keeps a set, which lasts for one request of ours.
- It hands joserfc no list of algorithms, so joserfc's recommended ones are declared. A credential's
  `alg` goes into the JWK, as in a client's registered JWKS.
- `limits.skew` becomes `leeway`, which is 60 seconds without it. It has none of the other limits.
- It has no parameter for the clock: joserfc calls `time.time` of its own. The adapter answers that call
  with the attempt's `now`. What is compared with it stays the library's rule.
- A form is a dict for it. A parameter sent twice is for the web framework, and unsupported here; and
  so are credentials that expire, which is for the application.
- `assertion.build` is `private_key_jwt_sign` with `issued_at`; it decides on the lifetime.
"""

import functools
import json
import os
import platform
import sys
from importlib.metadata import version
from unittest import mock

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import ClientAuthentication, OAuth2Request
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion, private_key_jwt_sign
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key
from joserfc.jws import JWSRegistry

METHOD = "private_key_jwt"


class Unsupported(Exception):
    """What cannot be expressed: (what, value)."""


class Request(OAuth2Request):
    form = None


class Client:
    def __init__(self, client_id, jwks):
        self.client_id, self.jwks = client_id, jwks

    def check_endpoint_auth_method(self, method, _endpoint):
        return method == METHOD


class ClientAssertion(JWTBearerClientAssertion):
    CLIENT_AUTH_METHOD = METHOD

    def __init__(self, audience, **options):
        super().__init__(**options)
        self.audience, self.seen, self.jti = audience, set(), None

    def get_audiences(self):
        return self.audience

    def resolve_client_public_key(self, client):
        return KeySet.import_key_set({"keys": client.jwks})

    def validate_jti(self, claims, jti):
        self.jti, known = jti, (claims["sub"], jti) in self.seen
        self.seen.add((claims["sub"], jti))
        return not known


def hello(_request):
    return {
        "protocol": 1,
        "implementation": {
            "name": "authlib-assertion",
            "version": version("authlib"),
            "language": "python",
            "runtime": f"CPython {platform.python_version()}, joserfc {version('joserfc')}",
            "source": "https://github.com/authlib/authlib",
            "issues": "https://github.com/authlib/authlib/issues",
        },
        "operations": [name for name in OPERATIONS if name != "hello"],
        "serializations": [],
        "alg": [],
        "enc": [],
        "sig": [name for name in JWSRegistry.recommended if not name.startswith("HS")],
        "keys": ["jwk", "pem"],
        "inputs": ["text"],
        "knobs": ["now", "limits"],
    }


def assertion_validate(request):
    limits = request.get("limits") or {}
    for name in limits.keys() - {"skew"}:
        raise Unsupported("knob", f"limits.{name}")
    options = {"leeway": limits["skew"]} if "skew" in limits else {}
    client_id, jwks = request["client"]["client_id"], []
    for credential in request["client"]["credentials"]:
        if "expires_at" in credential:
            raise Unsupported("input", "expires_at")
        jwk = json.loads(credential["jwk"])
        jwks.append({**jwk, "kid": credential["kid"], "alg": credential["alg"], "use": "sig"})
    known = {client_id: Client(client_id, jwks)}
    method = ClientAssertion(request["audience"], **options)
    authentication = ClientAuthentication(known.get)
    authentication.register(METHOD, method)
    return {"results": [attempted(authentication, method, each) for each in request["attempts"]]}


def attempted(authentication, method, attempt):
    form = dict(attempt["form"])
    if len(form) < len(attempt["form"]):
        return {"unsupported": {"what": "input", "value": "a parameter twice"}}
    request = Request("POST", "https://tenant.example/oauth/token")
    request.form = form
    call = functools.partial(authentication, request, [METHOD])
    with mock.patch("time.time", return_value=float(attempt["now"])):
        return reported(lambda: {"client_id": call().client_id, "jti": method.jti})


def assertion_build(request):
    key = request["key"]
    key = import_key(json.loads(key["jwk"]) if "jwk" in key else key["pem"])
    more = {"issued_at": request["now"]} if "now" in request else {}
    header = {"kid": request["kid"]} if "kid" in request else {}
    sign = functools.partial(private_key_jwt_sign, key, request["client_id"], request["audience"])
    count = range(request["count"])
    return {"assertions": [sign(alg=request["alg"], header=dict(header), **more) for _ in count]}


OPERATIONS = {
    "hello": hello,
    "assertion.validate": assertion_validate,
    "assertion.build": assertion_build,
}


def reported(call):
    try:
        return {"accept": call()}
    except Unsupported as error:
        return {"unsupported": {"what": error.args[0], "value": error.args[1]}}
    except OAuth2Error as error:
        return {"reject": {"kind": type(error).__name__, "msg": error.description or error.error}}
    except JoseError as error:
        return {"reject": {"kind": type(error).__name__, "msg": str(error)}}
    except Exception as error:
        return {"error": {"kind": type(error).__name__, "msg": str(error)}}


def main():
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints goes to stderr
    for line in sys.stdin.buffer:
        request = json.loads(line)
        operation = OPERATIONS.get(request["op"])
        if operation is None:
            answer = {"unsupported": {"what": "op", "value": request["op"]}}
        else:
            answer = reported(lambda: operation(request.get("in", {})))
        out.write(json.dumps({"id": request["id"], **answer}) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
