"""Adapter for the client assertions of idpyoidc: PROTOCOL.md on stdin and stdout.

Deliberate about idpyoidc:
- `assertion.validate` is `Endpoint.client_authentication` of its OAuth 2.0 token endpoint, in a server
  that is made anew for each request of ours, with `private_key_jwt` as the only method. The client is in
  its `cdb`, with its keys in the key jar. Its own `jti_db` is what knows a replay.
- By default the endpoint takes its own URL as audience and nothing else; `allowed_target_uris` is
  overridden to give the caller's audiences instead.
- A refusal is one exception for everything. Its cause goes to the library's log, from where the
  adapter appends it to `msg`.
- It has no parameter for the clock: it calls `time.time` and `datetime.now` in two functions, both named
  `utc_time_sans_frac`. The adapter replaces what they return by the attempt's `now`. What is compared
  with it stays the library's rule, and so does its tolerance of 15 seconds.
- A form is a dict for it. A parameter sent twice is for the web framework, and unsupported here; and
  so are credentials that expire, which is for the application.
"""

import json
import logging
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from unittest import mock

from idpyoidc.exception import OidcMsgError
from idpyoidc.message import Message
from idpyoidc.server import Server
from idpyoidc.server.exception import OidcEndpointError
from idpyoidc.server.oauth2.token import Token

CLOCKS = ["idpyoidc.message.oidc.utc_time_sans_frac", "cryptojwt.jwt.utc_time_sans_frac"]
SIG = [f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)]


class Unsupported(Exception):
    """What cannot be expressed: (what, value)."""


class TokenEndpoint(Token):
    audience = ()

    def allowed_target_uris(self):
        return set(self.audience)


class Causes(logging.Handler):
    """The last thing that the library's client authentication logged."""

    last = ""

    def emit(self, record):
        self.last = record.getMessage()


CAUSES = Causes()
LOGGER = logging.getLogger("idpyoidc.server.client_authn")
LOGGER.addHandler(CAUSES)
LOGGER.setLevel(logging.INFO)
FOLDER = tempfile.TemporaryDirectory()  # where the server keeps its own keys


def hello(_request):
    return {
        "protocol": 1,
        "implementation": {
            "name": "idpyoidc-assertion",
            "version": version("idpyoidc"),
            "language": "python",
            "runtime": f"CPython {platform.python_version()}, cryptojwt {version('cryptojwt')}",
            "source": "https://github.com/IdentityPython/idpy-oidc",
            "issues": "https://github.com/IdentityPython/idpy-oidc/issues",
        },
        "operations": [name for name in OPERATIONS if name != "hello"],
        "serializations": [],
        "alg": [],
        "enc": [],
        "sig": SIG,
        "keys": ["jwk"],
        "inputs": ["text"],
        "knobs": ["now"],
    }


def assertion_validate(request):
    for name in request.get("limits") or {}:
        raise Unsupported("knob", f"limits.{name}")
    client_id, keys = request["client"]["client_id"], []
    for credential in request["client"]["credentials"]:
        if "expires_at" in credential:
            raise Unsupported("input", "expires_at")
        jwk = json.loads(credential["jwk"])
        keys.append({**jwk, "kid": credential["kid"], "alg": credential["alg"], "use": "sig"})
    server = Server(configuration(request["audience"][0]), cwd=FOLDER.name)
    server.context.cdb[client_id] = {"client_authn_method": ["private_key_jwt"]}
    server.keyjar.import_jwks({"keys": keys}, client_id)
    endpoint = server.get_endpoint("token")
    endpoint.audience = request["audience"]
    return {"results": [attempted(endpoint, each) for each in request["attempts"]]}


def configuration(issuer):
    endpoint = {
        "path": "oauth/token",
        "class": TokenEndpoint,
        "kwargs": {"client_authn_method": ["private_key_jwt"]},
    }
    own = [{"type": "EC", "crv": "P-256", "use": ["sig"]}]
    codes = [{"type": "oct", "bytes": 24, "use": ["enc"], "kid": "code"}]
    return {
        "issuer": issuer,
        "httpc_params": {},
        "keys": {"uri_path": "jwks", "key_defs": own},
        "token_handler_args": {"jwks_def": {"key_defs": codes}},
        "endpoint": {"token": endpoint},
    }


def attempted(endpoint, attempt):
    form = dict(attempt["form"])
    if len(form) < len(attempt["form"]):
        return {"unsupported": {"what": "input", "value": "a parameter twice"}}
    first, second = (mock.patch(name, return_value=attempt["now"]) for name in CLOCKS)
    with first, second:
        return reported(lambda: authenticated(endpoint, Message(**form)))


def authenticated(endpoint, request):
    CAUSES.last = ""
    found = endpoint.client_authentication(request, {})
    return {"client_id": found["client_id"], "jti": found["jwt"].get("jti")}


OPERATIONS = {"hello": hello, "assertion.validate": assertion_validate}


def reported(call):
    try:
        return {"accept": call()}
    except Unsupported as error:
        return {"unsupported": {"what": error.args[0], "value": error.args[1]}}
    except (OidcEndpointError, OidcMsgError) as error:
        return {"reject": {"kind": type(error).__name__, "msg": f"{error} ({CAUSES.last})"}}
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
