// auth0 (npm) as an assertion builder: gets TOUCHSTONE_COUNT tokens by client_credentials with its
// `TokenProvider`, which is what its `ManagementClient` gets tokens with. It keeps a token until it
// expires, so each request has a provider of its own. It takes no `kid`, and a domain in place of
// URLs: it asks `https://DOMAIN/oauth/token`. The version 4 has the authentication client: see
// ../auth0-legacy. An error is left uncaught: Node prints it and exits with 1.

import { readFileSync } from 'node:fs'
import { TokenProvider } from 'auth0'

const { host } = new URL(process.env.TOUCHSTONE_ISSUER)
const options = {
  domain: host,
  clientId: process.env.TOUCHSTONE_CLIENT_ID,
  clientAssertionSigningKey: readFileSync(process.env.TOUCHSTONE_KEY_FILE, 'utf8'),
  clientAssertionSigningAlg: process.env.TOUCHSTONE_ALG,
  audience: `https://${host}/api/v2/`,
}

for (let number = 0; number < Number(process.env.TOUCHSTONE_COUNT); number += 1) {
  await new TokenProvider(options).getAccessToken()
}
