// Adapter for jose (npm): PROTOCOL.md on stdin and stdout.
//
// Deliberate about jose:
// - `allow` becomes `keyManagementAlgorithms`, `contentEncryptionAlgorithms` and `algorithms`. Without
//   it no list is passed: everything is allowed but PBES2, which works only when pinned.
// - Keys: a JWK is parsed and passed as an object, which jose takes directly (before 6.0 as a KeyObject); PEM and DER become a
//   KeyObject, since a CryptoKey is bound to one algorithm; what Node refuses there is a rejection of
//   kind `adapter-key`. One object a key text, because jose keeps the imported form by object.
// - `createLocalJWKSet` serves verification only; for decryption the library has no choice by key set.
//   Several keys that could fit are its ERR_JWKS_MULTIPLE_MATCHING_KEYS, and it stays a rejection. It is
//   for public keys: of a set of secrets alone, the only one is passed as a key, several are unsupported.
// - Its functions take JSON serializations and headers as objects. The adapter parses the text with
//   `JSON.parse`, and what that refuses is a rejection of kind `adapter-json`. What begins with `{`
//   goes to the functions for JSON, anything else to those for compact.
// - A detached payload goes through `flattenedVerify`, as its documentation says.
// - `nested.open` is `compactDecrypt`, then `jwtVerify` with `currentDate`, `clockTolerance`, `issuer`,
//   `audience` and `typ`. It takes one `typ`; of several they are tried in turn.
// - It has no function for client assertions. `assertion.validate` is what servers do with it: `jwtVerify`
//   with a set of the client's keys, each with its `kid` and `alg`, and `issuer`, `subject`, `audience`,
//   `algorithms` and `requiredClaims`. `limits.skew` is `clockTolerance`. Replay, lifetime and sizes are
//   left undone, and a credential that expires is unsupported: all that is for the caller. The form is
//   the adapter's own, and what it refuses there is a rejection of kind `adapter-form`.
// - `assertion.build` is `SignJWT` with its setters, a UUID for `jti` and a lifetime of a minute.
// - A TypeError is what jose throws for a key that does not fit the algorithm. It has no code of
//   jose's, so it is an `error` here.

import { createPrivateKey, createPublicKey, createSecretKey, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as jose from 'jose'

const VERSION = JSON.parse(readFileSync(new URL('node_modules/jose/package.json', import.meta.url))).version
const TAKES_JWK = parseInt(VERSION) >= 6
const ALG = [
  'RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512', 'A128KW', 'A192KW', 'A256KW', 'dir',
  'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW', 'A128GCMKW', 'A192GCMKW',
  'A256GCMKW', 'PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW',
]
const ENC = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512']
const SIG = [
  'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512',
  'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519',
]
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const HASHES = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' }

/** The adapter's own rejection, where the library has nothing that could be asked. */
class Refused extends Error {
  constructor(kind, message) {
    super(message)
    this.kind = kind
  }
}

/** What cannot be expressed. */
class Unsupported extends Error {
  constructor(what, value) {
    super(value)
    this.answer = { what, value }
  }
}

const operations = {
  hello: async () => ({
    protocol: 1,
    implementation: {
      name: 'panva-jose',
      version: VERSION,
      language: 'javascript',
      runtime: `Node.js ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
      source: 'https://github.com/panva/jose',
      issues: 'https://github.com/panva/jose/issues',
    },
    operations: Object.keys(operations).filter((name) => name !== 'hello'),
    serializations: ['compact', 'general', 'flattened'],
    alg: ALG,
    enc: ENC,
    sig: SIG,
    keys: ['jwk', 'pem', 'der'],
    inputs: ['text', 'bytes'],
    knobs: ['allow', 'now', 'skew', 'limits'],
  }),

  'jwe.decrypt': async (request) => {
    const token = tokenOf(request)
    const key = decryptionKey(request)
    const options = decryptOptions(request)
    let result
    if (isJson(token)) {
      const message = parse(token)
      const decrypt = 'recipients' in message ? jose.generalDecrypt : jose.flattenedDecrypt
      result = await decrypt(message, key, options)
    } else {
      result = await jose.compactDecrypt(token, key, options)
    }
    return { plaintext: encode(result.plaintext), header: headerText(result) }
  },

  'jwe.encrypt': async (request) => {
    const header = parse(request.header)
    declared(header, { alg: ALG, enc: ENC })
    const key = keyOf(request, 'public')
    const plaintext = decode(request.plaintext)
    const serialization = request.serialization ?? 'compact'
    if (serialization === 'compact') {
      return { token: await new jose.CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(key) }
    }
    const general = serialization === 'general'
    const message = general ? new jose.GeneralEncrypt(plaintext) : new jose.FlattenedEncrypt(plaintext)
    message.setProtectedHeader(header)
    if (request.aad) message.setAdditionalAuthenticatedData(decode(request.aad))
    if (!general) return { token: JSON.stringify(await message.encrypt(key)) }
    message.addRecipient(key)
    return { token: JSON.stringify(await message.encrypt()) }
  },

  'jws.verify': async (request) => {
    const token = tokenOf(request)
    const key = verificationKey(request)
    const options = verifyOptions(request)
    let result
    if (isJson(token)) {
      const message = parse(token)
      if (request.payload !== undefined) message.payload = detached(request, message)
      const verify = 'signatures' in message ? jose.generalVerify : jose.flattenedVerify
      result = await verify(message, key, options)
    } else if (request.payload !== undefined) {
      const [header, , signature] = String(token).split('.')
      const message = { protected: header, payload: detached(request, { protected: header }), signature }
      result = await jose.flattenedVerify(message, key, options)
    } else {
      result = await jose.compactVerify(token, key, options)
    }
    return { payload: encode(result.payload), header: headerText(result) }
  },

  'jws.sign': async (request) => {
    const header = parse(request.header)
    declared(header, { sig: SIG })
    const key = keyOf(request, 'private')
    const payload = decode(request.payload)
    const serialization = request.serialization ?? 'compact'
    if (serialization === 'general') {
      const message = new jose.GeneralSign(payload)
      message.addSignature(key).setProtectedHeader(header)
      const token = await message.sign()
      if (request.detached) delete token.payload
      return { token: JSON.stringify(token) }
    }
    if (serialization === 'compact' && !request.detached) {
      return { token: await new jose.CompactSign(payload).setProtectedHeader(header).sign(key) }
    }
    const token = await new jose.FlattenedSign(payload).setProtectedHeader(header).sign(key)
    if (request.detached) delete token.payload
    const compact = serialization === 'compact'
    return { token: compact ? `${token.protected}..${token.signature}` : JSON.stringify(token) }
  },

  'nested.open': async (request) => {
    const { decrypt, verify, expect = {} } = request
    const key = decryptionKey(decrypt)
    const outer = await jose.compactDecrypt(tokenOf(request), key, decryptOptions(request))
    const options = verifyOptions(request)
    if (expect.iss !== undefined) options.issuer = expect.iss
    if (expect.aud !== undefined) options.audience = expect.aud
    if (request.now !== undefined) options.currentDate = new Date(request.now * 1000)
    if (request.skew !== undefined) options.clockTolerance = request.skew
    const inner = await withAnyTyp(expect.typ, (typ) =>
      jose.jwtVerify(outer.plaintext, verificationKey(verify), { ...options, typ }),
    )
    return { claims: JSON.stringify(inner.payload), outer: headerText(outer), inner: headerText(inner) }
  },

  'nested.seal': async ({ claims, sign, encrypt }) => {
    const [inner, outer] = [parse(sign.header), parse(encrypt.header)]
    declared(inner, { sig: SIG })
    declared(outer, { alg: ALG, enc: ENC })
    const jwt = await new jose.SignJWT(parse(claims)).setProtectedHeader(inner).sign(keyOf(sign, 'private'))
    const message = new jose.CompactEncrypt(new TextEncoder().encode(jwt)).setProtectedHeader(outer)
    return { token: await message.encrypt(keyOf(encrypt, 'public')) }
  },

  'jwk.thumbprint': async (request) => {
    const hash = HASHES[request.hash ?? 'SHA-256']
    if (hash === undefined) throw new Unsupported('alg', request.hash)
    return { thumbprint: await jose.calculateJwkThumbprint(keyOf(request, 'public'), hash) }
  },

  'assertion.validate': async ({ client, audience, attempts, limits = {} }) => {
    const { client_id, credentials } = client
    const options = {
      issuer: client_id,
      subject: client_id,
      audience,
      algorithms: credentials.map(({ alg }) => alg),
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'jti'],
    }
    for (const [name, value] of Object.entries(limits)) {
      if (name !== 'skew') throw new Unsupported('knob', `limits.${name}`)
      options.clockTolerance = value
    }
    const keys = credentialKeys(credentials)
    const results = []
    for (const { form, now } of attempts) {
      const verify = async () => {
        const assertion = assertionOf(form, client_id)
        const currentDate = new Date(now * 1000)
        const { payload } = await jose.jwtVerify(assertion, keys, { ...options, currentDate })
        return { client_id: payload.sub, jti: payload.jti }
      }
      results.push(await reported(verify))
    }
    return { results }
  },

  'assertion.build': async (request) => {
    const { client_id, audience, alg, kid, now = Math.floor(Date.now() / 1000), count } = request
    declared({ alg }, { sig: SIG })
    const key = keyOf(request, 'private')
    const assertions = []
    while (assertions.length < count) {
      const assertion = new jose.SignJWT()
        .setProtectedHeader(kid === undefined ? { alg } : { alg, kid })
        .setIssuer(client_id)
        .setSubject(client_id)
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + 60)
        .setJti(randomUUID())
      assertions.push(await assertion.sign(key))
    }
    return { assertions }
  },
}

function credentialKeys(credentials) {
  if (credentials.some((credential) => 'expires_at' in credential)) throw new Unsupported('input', 'expires_at')
  return cached(`credentials ${JSON.stringify(credentials)}`, () =>
    jose.createLocalJWKSet({
      keys: credentials.map(({ kid, alg, jwk }) => ({ ...parse(jwk), kid, alg, use: 'sig' })),
    }),
  )
}

/**
 * RFC 6749 §3.2: no parameter twice, and one without a value is none; §2.3: one method of authentication.
 * RFC 7521 §4.2: a `client_id` beside it names the same client.
 */
function assertionOf(form, clientId) {
  const one = (name) => {
    const values = form.filter(([have]) => have === name).map(([, value]) => value)
    if (values.length > 1) throw new Refused('adapter-form', `${name} is there twice`)
    return values[0] === '' ? undefined : values[0]
  }
  const [type, assertion, id] = ['client_assertion_type', 'client_assertion', 'client_id'].map(one)
  if (one('client_secret') !== undefined) throw new Refused('adapter-form', 'there is a client_secret besides')
  if (type !== ASSERTION_TYPE) throw new Refused('adapter-form', `the client_assertion_type is ${type}`)
  if (assertion === undefined) throw new Refused('adapter-form', 'there is no client_assertion')
  if (id !== undefined && id !== clientId) throw new Refused('adapter-form', `the client_id is ${id}`)
  return assertion
}

async function withAnyTyp(types = [], verify) {
  if (types.length === 0) return verify(undefined)
  for (const typ of types.slice(0, -1)) {
    try {
      return await verify(typ)
    } catch (error) {
      if (!(error instanceof jose.errors.JWTClaimValidationFailed && error.claim === 'typ')) throw error
    }
  }
  return verify(types.at(-1))
}

function decryptOptions({ allow, limits }) {
  const options = {}
  if (allow?.alg) options.keyManagementAlgorithms = allow.alg
  if (allow?.enc) options.contentEncryptionAlgorithms = allow.enc
  if (limits?.p2c !== undefined) options.maxPBES2Count = limits.p2c
  if (limits?.inflated_bytes !== undefined) options.maxDecompressedLength = limits.inflated_bytes
  return options
}

const verifyOptions = ({ allow }) => (allow?.sig ? { algorithms: allow.sig } : {})

/** For the directions that take no `allow`: an algorithm that jose does not have is unsupported. */
function declared(header, names) {
  for (const [kind, list] of Object.entries(names)) {
    const name = header?.[kind === 'sig' ? 'alg' : kind]
    if (typeof name === 'string' && !list.includes(name)) throw new Unsupported(kind, name)
  }
}

function decryptionKey(request) {
  if (request.jwks !== undefined) throw new Unsupported('key', 'jwks')
  return keyOf(request, 'private')
}

function verificationKey(request) {
  if (request.jwks === undefined) return keyOf(request, 'public')
  return cached(`jwks ${request.jwks}`, () => {
    const set = parse(request.jwks)
    const keys = Array.isArray(set?.keys) ? set.keys : []
    if (keys.length === 0 || !keys.every((key) => key?.kty === 'oct')) return jose.createLocalJWKSet(set)
    if (keys.length > 1) throw new Unsupported('key', 'jwks of secrets')
    return keys[0]
  })
}

function keyOf({ key }, half) {
  if (key.jwk !== undefined) {
    return cached(`${half} ${key.jwk}`, () => (TAKES_JWK ? parse(key.jwk) : keyObject(parse(key.jwk), half)))
  }
  const create = (input) => {
    try {
      return half === 'private' ? createPrivateKey(input) : createPublicKey(input)
    } catch (error) {
      throw new Refused('adapter-key', error.message)
    }
  }
  if (key.pem !== undefined) return cached(`${half} ${key.pem}`, () => create(key.pem))
  if (key.der === undefined) throw new Unsupported('key', Object.keys(key).join(', '))
  const type = half === 'private' ? 'pkcs8' : 'spki'
  return cached(`${half} ${key.der}`, () => create({ key: Buffer.from(decode(key.der)), format: 'der', type }))
}

/** What releases before 6 take in place of a JWK. */
function keyObject(jwk, half) {
  try {
    if (jwk.kty === 'oct') return createSecretKey(Buffer.from(jwk.k, 'base64url'))
    return half === 'private' ? createPrivateKey({ key: jwk, format: 'jwk' }) : createPublicKey({ key: jwk, format: 'jwk' })
  } catch (error) {
    throw new Refused('adapter-key', error.message)
  }
}

const keys = new Map()
function cached(text, make) {
  if (!keys.has(text)) {
    if (keys.size >= 256) keys.delete(keys.keys().next().value)
    keys.set(text, make())
  }
  return keys.get(text)
}

/** With `b64` false the octets were signed as they are, otherwise their base64url form. */
function detached({ payload }, message) {
  try {
    const { b64 } = jose.decodeProtectedHeader(message.signatures?.[0] ?? message)
    return b64 === false ? decode(payload) : payload
  } catch {
    return payload // a header that cannot be read is for the verification to refuse
  }
}

const tokenOf = ({ token, token_b64 }) => (token === undefined ? decode(token_b64) : token)
const isJson = (token) => /^[ \t\r\n]*\{/.test(asText(token))
const asText = (token) => (typeof token === 'string' ? token : Buffer.from(token).toString('latin1'))
const headerText = ({ protectedHeader, sharedUnprotectedHeader, unprotectedHeader }) =>
  JSON.stringify({ ...protectedHeader, ...sharedUnprotectedHeader, ...unprotectedHeader })
const encode = (octets) => Buffer.from(octets).toString('base64url')
const decode = (text) => new Uint8Array(Buffer.from(text, 'base64url'))

function parse(text) {
  try {
    return JSON.parse(typeof text === 'string' ? text : new TextDecoder().decode(text))
  } catch (error) {
    throw new Refused('adapter-json', error.message)
  }
}

async function answer({ op, in: request = {} }) {
  if (!Object.hasOwn(operations, op)) return { unsupported: { what: 'op', value: op } }
  return reported(() => operations[op](request))
}

async function reported(call) {
  try {
    return { accept: await call() }
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.answer }
    if (error instanceof Refused) return { reject: { kind: error.kind, msg: error.message } }
    const msg = String(error?.message ?? error)
    if (error instanceof jose.errors.JOSEError) return { reject: { kind: error.code, msg } }
    return { error: { kind: String(error?.name ?? typeof error), msg } }
  }
}

// stdout is the protocol's. Lines are cut here because `readline` also ends a line at U+2028.
console.log = console.info = console.debug = console.error
let rest = []
for await (let chunk of process.stdin) {
  for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10)) {
    const request = JSON.parse(Buffer.concat([...rest, chunk.subarray(0, end)]).toString())
    process.stdout.write(`${JSON.stringify({ id: request.id, ...(await answer(request)) })}\n`)
    rest = []
    chunk = chunk.subarray(end + 1)
  }
  rest.push(chunk)
}
