// oidc-provider (npm) as a server: prints its ready line on stdout once it listens, and ends when
// stdin closes or on TERM.
//
// What is judged are the library's own rules for client assertions and tokens. What differs from its
// defaults is what the harness needs to become a client at all:
// - dynamic registration is open, the grant `client_credentials`, introspection and revocation are on;
// - every algorithm that it has for assertions may be registered, not only its recommended ones;
// - the storage keeps everything: the library's own one, which is for a first try, forgets what has
//   not been used for a thousand entries, clients and used `jti` alike;
// - one API, by its resource indicator, gets nested access tokens.
// `grant.error` and `server_error` have the true cause of a refusal; they go to stderr.

import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'

// stdout has the ready line and nothing else; the library greets there.
console.log = console.info = console.debug = console.error
const { default: Provider, errors } = await import('oidc-provider')

const RESOURCE = 'https://api.touchstone.example/'

// The public half of the test key `rsa-2048-b` (vectors/keys/rsa-2048-b.json).
const API_KEY = {
  kty: 'RSA',
  n: 'zqAOwJSRVR0ujRRN7-CmNY8jm4EaT4omomRYihY8skpQCdfT1t6s9tgBJPMGtuMWNAFE98XpE7NKZ-Hp6GgQCbs8M04CsuyWiFrMhwswDNKxsaU7xdPwwG8D1CDvUbut8azqXIGake5fa_zd5czKEAVD01di_YR-ANrzPZUH5Fk0LOzmZU8Am2R5pPWgD-DQFXgOffjbQFaM9P1YRB9e_DW3VhqvdyzEOpkjVwvzIhL2tjiho8hpqpszZ-R2cL3UQUl1y5T5LqIu3C87LQIsMzrLQNPTrxAn1ie_TBrG8T1coK_-4LqcEBVpvtfVQ6dXMsvULD8P0gYLos8141lp2Q',
  e: 'AQAB',
  kid: 'public-test-key-rsa-2048-b',
}
const ENCRYPTION = { alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: API_KEY.kid }

/** The storage that the library asks for, one object a model. No grants: there are no end users. */
class Storage {
  entries = new Map()

  async upsert(id, payload, expiresIn) {
    const until = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000
    this.entries.set(id, { payload, until })
  }

  async find(id) {
    const entry = this.entries.get(id)
    if (entry && entry.until > Date.now()) return entry.payload
    this.entries.delete(id)
    return undefined
  }

  async destroy(id) {
    this.entries.delete(id)
  }

  async consume(id) {
    this.entries.get(id).payload.consumed = Math.floor(Date.now() / 1000)
  }

  async findByUid() {}
  async findByUserCode() {}
  async revokeByGrantId() {}
}

// A KeyObject: a CryptoKey would be bound to one hash.
const encryptionKey = createPublicKey({ key: API_KEY, format: 'jwk' })
const signing = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const configuration = {
  adapter: Storage,
  jwks: { keys: [{ ...signing.export({ format: 'jwk' }), use: 'sig' }] },
  cookies: { keys: ['no cookie is ever set'] },
  enabledJWA: {
    clientAuthSigningAlgValues: [
      'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512',
      'ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA',
    ],
  },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    registration: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: async (_context, resource) => {
        if (resource !== RESOURCE) throw new errors.InvalidTarget()
        return {
          scope: '',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' }, encrypt: { ...ENCRYPTION, key: encryptionKey } },
        }
      },
    },
    revocation: { enabled: true },
  },
}

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, configuration)
  for (const event of ['grant.error', 'introspection.error', 'revocation.error', 'server_error']) {
    provider.on(event, (_context, { message, error_description, error_detail, cause }) => {
      console.error(event, message, error_description ?? '', error_detail ?? '', cause?.message ?? '')
    })
  }
  server.on('request', provider.callback())
  const ready = {
    name: 'oidc-provider',
    issuer,
    profiles: ['rfc7523'],
    audience: 'issuer',
    request: { grant_type: 'client_credentials' },
    // Clients that may also push authorization requests.
    registration: {
      metadata: {
        grant_types: ["client_credentials", "authorization_code"],
        response_types: ["code"],
        redirect_uris: ["https://client.example/callback"],
      },
    },
    api: { request: { resource: RESOURCE }, audience: RESOURCE, key: 'rsa-2048-b', ...ENCRYPTION },
  }
  process.stdout.write(`${JSON.stringify({ ready })}\n`)
})

process.stdin.on('end', () => process.exit(0)).resume()
process.on('SIGTERM', () => process.exit(0))
