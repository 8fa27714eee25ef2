// The auth0 SDK against an authorization server that stands in for Auth0: both clients of the
// package, unchanged but for the domain. It needs TOUCHSTONE_ISSUER (https), a management token of
// every scope in TOUCHSTONE_MANAGEMENT_TOKEN, and NODE_EXTRA_CA_CERTS. Each step prints a line; the
// first that fails ends the program with 1.

import assert from 'node:assert/strict'
import * as crypto from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { ManagementClient } from 'auth0'
import { AuthenticationClient } from 'auth0/legacy'

const issuer = process.env.TOUCHSTONE_ISSUER
const { host: domain } = new URL(issuer)
const token = process.env.TOUCHSTONE_MANAGEMENT_TOKEN
const management = new ManagementClient({ domain, token, maxRetries: 0 })
const { clients, clientGrants, resourceServers } = management

function pair() {
  return crypto.generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

const [first, second, third, decryption] = [pair(), pair(), pair(), pair()]
const audience = `https://api.example/${crypto.randomUUID()}/`
const credential = (name, { publicKey: pem }) => ({ credential_type: 'public_key', name, pem })
const associated = (...ids) => ({ private_key_jwt: { credentials: ids.map((id) => ({ id })) } })

function say(text) {
  console.log(`ok: ${text}`)
}

/** An access token for the API, as the authentication client gets it. */
async function tokenBy(authentication, clientId) {
  const client = new AuthenticationClient({ domain, clientId, ...authentication })
  const { data } = await client.oauth.clientCredentialsGrant({ audience })
  assert.equal(data.token_type, 'Bearer')
  assert.equal(data.expires_in, 600)
  return data.access_token
}

const tokenWith = (key, clientId) =>
  tokenBy({ clientAssertionSigningKey: key.privateKey }, clientId)

async function refused(promise, status, error) {
  await assert.rejects(promise, (thrown) => {
    const body = typeof thrown.body === 'string' ? JSON.parse(thrown.body) : thrown.body
    assert.equal(thrown.statusCode, status, thrown.message)
    assert.equal(body.errorCode ?? body.error, error)
    return true
  })
}

const isNoClient = (promise) => refused(promise, 401, 'invalid_client')

/** Opens a JWE and gives back what is inside: RFC 7516 §5.2 for RSA-OAEP-256 and A256GCM. */
function decrypted(jwe) {
  const [header, ...parts] = jwe.split('.')
  const [key, iv, ciphertext, tag] = parts.map((part) => Buffer.from(part, 'base64url'))
  const { alg, enc, kid, cty } = JSON.parse(Buffer.from(header, 'base64url'))
  assert.deepEqual([alg, enc, kid, cty], ['RSA-OAEP-256', 'A256GCM', 'api-key', 'JWT'])
  const cek = crypto.privateDecrypt({ key: decryption.privateKey, oaepHash: 'sha256' }, key)
  const decipher = crypto.createDecipheriv('aes-256-gcm', cek, iv)
  decipher.setAAD(Buffer.from(header)).setAuthTag(tag)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString()
}

/** The claims of a JWT that the tenant's keys verify. */
async function verified(jwt) {
  const [header, payload, signature] = jwt.split('.')
  const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url'))
  assert.equal(alg, 'RS256')
  const { keys } = await (await fetch(new URL('.well-known/jwks.json', issuer))).json()
  const key = crypto.createPublicKey({ key: keys.find((key) => key.kid === kid), format: 'jwk' })
  const input = Buffer.from(`${header}.${payload}`)
  assert(crypto.verify('sha256', input, key, Buffer.from(signature, 'base64url')))
  return JSON.parse(Buffer.from(payload, 'base64url'))
}

const api = await resourceServers.create({
  name: 'An API',
  identifier: audience,
  token_lifetime: 600,
  scopes: [{ value: 'read:a', description: 'reads' }],
  token_encryption: {
    format: 'compact-nested-jwe',
    encryption_key: { name: 'n', alg: 'RSA-OAEP-256', kid: 'api-key', pem: decryption.publicKey },
  },
})
assert.match(api.token_encryption.encryption_key.thumbprint_sha256, /^[\w-]{43}$/)
assert.equal(api.token_encryption.encryption_key.pem, undefined)
assert.deepEqual(await resourceServers.get(api.id), api)
await refused(resourceServers.create({ name: 'again', identifier: audience }), 409, 'conflict')
say('an API with token encryption')

const client = await clients.create({
  name: 'A client',
  app_type: 'non_interactive',
  grant_types: ['client_credentials'],
  jwt_configuration: { alg: 'RS256' },
  client_authentication_methods: {
    private_key_jwt: { credentials: [credential('first', first)] },
  },
})
const id = client.client_id
const [{ id: firstId }] = client.client_authentication_methods.private_key_jwt.credentials
assert.equal(client.client_secret, undefined)
assert.equal((await clients.credentials.get(id, firstId)).name, 'first')
await clientGrants.create({ client_id: id, audience, scope: ['read:a'] })
say('a client with a credential, and its grant')

const claims = await verified(decrypted(await tokenWith(first, id)))
assert.deepEqual([claims.iss, claims.scope], [issuer, 'read:a'])
assert([claims.aud].flat().includes(audience))
say('a token by private key JWT: decrypted, and verified with the keys of the tenant')

const own = `https://${domain}/api/v2/`
await clientGrants.create({ client_id: id, audience: own, scope: ['read:clients'] })
const options = { domain, clientId: id, clientAssertionSigningKey: first.privateKey, maxRetries: 0 }
const restricted = new ManagementClient(options)
assert.equal((await restricted.clients.get(id)).name, 'A client')
await refused(restricted.clients.delete(id), 403, 'insufficient_scope')
const stranger = new ManagementClient({ domain, token: 'x', maxRetries: 0 })
await refused(stranger.clients.get(id), 401, 'invalid_token')
say('the management client by private key JWT, within its scopes')

const { id: secondId } = await clients.credentials.create(id, credential('second', second))
await isNoClient(tokenWith(second, id))
await refused(clients.credentials.create(id, credential('third', third)), 400, 'invalid_body')
await clients.update(id, { client_authentication_methods: associated(firstId, secondId) })
await tokenWith(first, id)
await tokenWith(second, id)
await clients.update(id, { client_authentication_methods: associated(secondId) })
await isNoClient(tokenWith(first, id))
await tokenWith(second, id)
await clients.credentials.delete(id, firstId)
assert.deepEqual((await clients.credentials.list(id)).map(({ id }) => id), [secondId])
say('rotation: a second credential, associated, and the first one deleted')

const inSeconds = (seconds) => new Date(Date.now() + 1000 * seconds).toISOString()
const expire = (seconds) =>
  clients.credentials.update(id, secondId, { expires_at: inSeconds(seconds) })
await refused(expire(-60), 400, 'invalid_body')
await expire(2)
const deadline = Date.now() + 20_000
while (await tokenWith(second, id).then(() => true, () => false)) {
  assert(Date.now() < deadline, 'the credential did not expire')
  await setTimeout(100)
}
await isNoClient(tokenWith(second, id))
await expire(3600)
await tokenWith(second, id)
say('a credential expires, and lives again')

await clients.update(id, {
  client_authentication_methods: null,
  token_endpoint_auth_method: 'client_secret_post',
})
const { client_secret: clientSecret } = await clients.get(id)
await tokenBy({ clientSecret }, id)
await isNoClient(tokenWith(second, id))
const { client_secret: rotated } = await clients.rotateSecret(id)
await isNoClient(tokenBy({ clientSecret }, id))
await tokenBy({ clientSecret: rotated }, id)
await clients.update(id, {
  client_authentication_methods: associated(secondId),
  token_endpoint_auth_method: null,
})
assert.equal((await clients.get(id)).client_secret, undefined)
await isNoClient(tokenBy({ clientSecret: rotated }, id))
await tokenWith(second, id)
say('to a secret, which is rotated, and back')

await resourceServers.update(api.id, { token_encryption: null })
assert.equal((await verified(await tokenWith(second, id))).scope, 'read:a')
say('token encryption turned off')

const names = []
for await (const { name } of await clients.list({ per_page: 1 })) names.push(name)
assert(names.includes('A client'))
const grants = []
for await (const grant of await clientGrants.list({ client_id: id, take: 1 })) grants.push(grant)
assert.deepEqual(grants.map((grant) => grant.audience), [audience, own])
const [found] = (await resourceServers.list({ identifiers: [audience] })).data
assert.equal(found.id, api.id)
say('lists, page by page')

await clientGrants.delete(grants[0].id)
await clients.credentials.delete(id, secondId)
await isNoClient(tokenWith(second, id))
await clients.delete(id)
await refused(clients.get(id), 404, 'inexistent_client')
await resourceServers.delete(api.id)
await refused(resourceServers.get(api.id), 404, 'inexistent_resource_server')
say('everything deleted')
