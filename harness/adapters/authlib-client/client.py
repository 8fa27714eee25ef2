"""Authlib as an assertion builder: gets TOUCHSTONE_COUNT tokens by client_credentials.

Its `OAuth2Session` for requests with `PrivateKeyJWT` as its documentation shows it; what is judged is
the assertion that comes out. `kid` goes into `headers`, since the library takes it from nowhere else.
An error is left uncaught: Python prints it and exits with 1.
"""

import os

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey, OKPKey, RSAKey

# By the first two letters of `alg`.
KEYS = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}

endpoint = os.environ["TOUCHSTONE_TOKEN_ENDPOINT"]
alg = os.environ["TOUCHSTONE_ALG"]
kid = os.environ.get("TOUCHSTONE_KID")
with open(os.environ["TOUCHSTONE_KEY_FILE"], encoding="utf-8") as file:
    key = KEYS[alg[:2]].import_key(file.read())

session = OAuth2Session(
    os.environ["TOUCHSTONE_CLIENT_ID"], key, token_endpoint_auth_method=PrivateKeyJWT.name
)
headers = {"kid": kid} if kid else None
session.register_client_auth_method(PrivateKeyJWT(endpoint, headers=headers, alg=alg))
for _ in range(int(os.environ["TOUCHSTONE_COUNT"])):
    session.fetch_token(endpoint, grant_type="client_credentials")
