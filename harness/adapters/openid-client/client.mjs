// openid-client (npm) as an assertion builder: gets TOUCHSTONE_COUNT tokens by client_credentials
// with its `PrivateKeyJwt`, whose assertions are judged as they are. The endpoint is given, so there
// is no discovery. An algorithm that it does not have ends with 3; an error is left uncaught: Node
// prints it and exits with 1.

import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as client from 'openid-client'

const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  PS384: { name: 'RSA-PSS', hash: 'SHA-384' },
  PS512: { name: 'RSA-PSS', hash: 'SHA-512' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  ES512: { name: 'ECDSA', namedCurve: 'P-521' },
  Ed25519: { name: 'Ed25519' }, // RFC 9864: it never writes `EdDSA`
}

const {
  TOUCHSTONE_ISSUER: issuer,
  TOUCHSTONE_TOKEN_ENDPOINT: endpoint,
  TOUCHSTONE_CLIENT_ID: clientId,
  TOUCHSTONE_KEY_FILE: file,
  TOUCHSTONE_ALG: alg,
  TOUCHSTONE_KID: kid,
  TOUCHSTONE_COUNT: count,
} = process.env

if (!(alg in ALGORITHMS)) process.exit(3) // cannot be asked of it
const der = createPrivateKey(readFileSync(file)).export({ type: 'pkcs8', format: 'der' })
const key = await crypto.subtle.importKey('pkcs8', der, ALGORITHMS[alg], false, ['sign'])
const authentication = client.PrivateKeyJwt(kid ? { key, kid } : key)
const server = { issuer, token_endpoint: endpoint }
const configuration = new client.Configuration(server, clientId, undefined, authentication)
if (endpoint.startsWith('http:')) client.allowInsecureRequests(configuration)

for (let number = 0; number < Number(count); number += 1) {
  await client.clientCredentialsGrant(configuration)
}
