// @azure/msal-node (npm) as an assertion builder: gets TOUCHSTONE_COUNT tokens by client_credentials
// with a `ConfidentialClientApplication` that has a certificate, as daemons do, and skips its token
// cache. The metadata is given, so there is no discovery; it insists on https.
//
// It takes no `kid` but the thumbprint of the certificate, and that decides the algorithm: SHA-256 for
// PS256, SHA-1 (deprecated) for RS256. There is no certificate here, so the thumbprint is that of the
// public key. Other algorithms end with 3. An error is left uncaught: Node prints it and exits with 1.

import { createHash, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ConfidentialClientApplication, ProtocolMode } from '@azure/msal-node'

const {
  TOUCHSTONE_ISSUER: issuer,
  TOUCHSTONE_TOKEN_ENDPOINT: endpoint,
  TOUCHSTONE_CLIENT_ID: clientId,
  TOUCHSTONE_KEY_FILE: file,
  TOUCHSTONE_ALG: alg,
  TOUCHSTONE_COUNT: count,
} = process.env

const privateKey = readFileSync(file, 'utf8')
const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
const thumbprint = (hash) => createHash(hash).update(spki).digest('hex')
const clientCertificate = {
  RS256: { privateKey, thumbprint: thumbprint('sha1') },
  PS256: { privateKey, thumbprintSha256: thumbprint('sha256') },
}[alg]
if (clientCertificate === undefined) process.exit(3)

const metadata = {
  issuer,
  token_endpoint: endpoint,
  authorization_endpoint: new URL('/authorize', issuer),
  jwks_uri: new URL('/jwks', issuer),
}
const client = new ConfidentialClientApplication({
  auth: {
    clientId,
    clientCertificate,
    authority: issuer,
    knownAuthorities: [new URL(issuer).host],
    authorityMetadata: JSON.stringify(metadata),
  },
  system: { protocolMode: ProtocolMode.OIDC },
})
for (let number = 0; number < Number(count); number += 1) {
  await client.acquireTokenByClientCredential({ scopes: ['api'], skipCache: true })
}
