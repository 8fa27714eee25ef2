"""requests_oauth2client as an assertion builder: gets TOUCHSTONE_COUNT tokens by client_credentials.

Its `OAuth2Client` with `PrivateKeyJwt` as its documentation shows it; what is judged is the assertion
that comes out. The key is a JWK of jwskate with the `kid`, which the library insists on; `testing` is
its name for allowing http.
Without a `kid` it ends with 3. An error is left uncaught: Python prints it and exits with 1.
"""

import os
import sys
from pathlib import Path

from jwskate import Jwk
from requests_oauth2client import OAuth2Client, PrivateKeyJwt

if "TOUCHSTONE_KID" not in os.environ:
    sys.exit(3)  # cannot be asked of it
pem = Path(os.environ["TOUCHSTONE_KEY_FILE"]).read_text(encoding="utf-8")
key = Jwk.from_pem(pem, kid=os.environ["TOUCHSTONE_KID"])
authentication = PrivateKeyJwt(
    os.environ["TOUCHSTONE_CLIENT_ID"], key, alg=os.environ["TOUCHSTONE_ALG"]
)
endpoint = os.environ["TOUCHSTONE_TOKEN_ENDPOINT"]
client = OAuth2Client(
    endpoint,
    issuer=os.environ["TOUCHSTONE_ISSUER"],
    auth=authentication,
    testing=endpoint.startswith("http:"),
)
for _ in range(int(os.environ["TOUCHSTONE_COUNT"])):
    client.client_credentials()
