// auth0 4 (npm) as an assertion builder: gets TOUCHSTONE_COUNT tokens by client_credentials with its
// `AuthenticationClient`, which newer versions carry along unchanged as `auth0/legacy`. It takes no
// `kid`, and a domain in place of URLs: it asks `https://DOMAIN/oauth/token`. An error is left
// uncaught: Node prints it and exits with 1.

import { readFileSync } from 'node:fs'
import { AuthenticationClient } from 'auth0'

const { host } = new URL(process.env.TOUCHSTONE_ISSUER)
const client = new AuthenticationClient({
  domain: host,
  clientId: process.env.TOUCHSTONE_CLIENT_ID,
  clientAssertionSigningKey: readFileSync(process.env.TOUCHSTONE_KEY_FILE, 'utf8'),
  clientAssertionSigningAlg: process.env.TOUCHSTONE_ALG,
})

for (let number = 0; number < Number(process.env.TOUCHSTONE_COUNT); number += 1) {
  await client.oauth.clientCredentialsGrant({ audience: `https://${host}/api/v2/` })
}
