// Adapter for fast-jwt (npm): PROTOCOL.md on stdin and stdout.
//
// Deliberate about fast-jwt:
// - `jws.verify` is `createVerifier` with `complete`, without a cache and with the checks of `exp` and
//   `nbf` off. It hands out parsed claims, so the payload that is returned is the token's segment, decoded
//   after the verifier held. `allow` becomes `algorithms`; without it the option is not passed, and the
//   verifier takes what fits the key.
// - It reads JWT alone: where it refused a token whose payload is no JSON object, that payload is
//   unsupported.
// - A key in PEM is the text that it is, a secret the octets of `k`; the library has no JWK and no DER.
//   A secret that names its use is unsupported, since octets cannot say it.
// - Its rejections are TokenError, named by their code; anything else is an `error`.
// - `jws.sign` is `createSigner` with `noTimestamp` and the header as it was asked; a header without `typ`
//   gets none, as one that is undefined. It takes an object: payloads that `JSON.stringify` would not write
//   so are unsupported.
// - Claims, detached payloads and JSON serializations are not asked.

import { createRequire } from 'node:module'
import { createSigner, createVerifier, TokenError } from 'fast-jwt'

const { version } = createRequire(import.meta.url)('fast-jwt/package.json')
const SIG = [
  'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512',
  'EdDSA',
]

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
  hello: () => ({
    protocol: 1,
    implementation: {
      name: 'fast-jwt',
      version,
      language: 'javascript',
      runtime: `Node.js ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
      source: 'https://github.com/nearform/fast-jwt',
      issues: 'https://github.com/nearform/fast-jwt/issues',
    },
    operations: Object.keys(operations).filter((name) => name !== 'hello'),
    serializations: ['compact'],
    alg: [],
    enc: [],
    sig: SIG,
    keys: ['jwk', 'pem'],
    inputs: ['text', 'bytes'],
    knobs: ['allow'],
  }),

  'jws.verify': (request) => {
    if (request.payload !== undefined) throw new Unsupported('input', 'payload')
    const token = request.token ?? decode(request.token_b64)
    const segment = decode(token.toString().split('.')[1] ?? '')
    const options = { key: keyOf(request), complete: true, ignoreExpiration: true, ignoreNotBefore: true }
    if (request.allow?.sig) options.algorithms = request.allow.sig
    try {
      const { header } = createVerifier(options)(token)
      return { payload: encode(segment), header: JSON.stringify(header) }
    } catch (error) {
      if (error instanceof TokenError && claimsOf(segment) === undefined) {
        throw new Unsupported('input', 'a payload that is no JSON object')
      }
      throw error
    }
  },

  'jws.sign': (request) => {
    const { serialization = 'compact', detached } = request
    if (serialization !== 'compact') throw new Unsupported('serialization', serialization)
    if (detached) throw new Unsupported('input', 'detached')
    const header = parse(request.header)
    if (!SIG.includes(header?.alg)) throw new Unsupported('sig', String(header?.alg))
    const payload = decode(request.payload)
    const claims = claimsOf(payload)
    if (JSON.stringify(claims) !== payload.toString()) throw new Unsupported('input', 'a payload as octets')
    const options = { key: keyOf(request), algorithm: header.alg, noTimestamp: true }
    return { token: createSigner({ ...options, header: { typ: undefined, ...header } })(claims) }
  },
}

function claimsOf(octets) {
  try {
    const claims = JSON.parse(octets.toString())
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims) ? claims : undefined
  } catch {
    return undefined
  }
}

/**
 * A key in PEM is the text that it is. The library has no JWK: of a secret the octets of `k` go in, and one
 * that names its use is unsupported, since octets cannot say it.
 */
function keyOf({ key, jwks }) {
  if (jwks !== undefined) throw new Unsupported('key', 'jwks')
  if (key.pem !== undefined) return key.pem
  if (key.jwk === undefined) throw new Unsupported('key', Object.keys(key).join(', '))
  const jwk = parse(key.jwk)
  if (jwk?.kty !== 'oct') throw new Unsupported('key', 'jwk')
  for (const name of ['alg', 'use', 'key_ops']) {
    if (Object.hasOwn(jwk, name)) throw new Unsupported('key', `a secret that names ${name}`)
  }
  const secret = decode(String(jwk.k))
  if (encode(secret) !== jwk.k) throw new Refused('adapter-key', 'k is no base64url')
  return secret
}

function parse(content) {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new Refused('adapter-json', error.message)
  }
}

const encode = (octets) => Buffer.from(octets).toString('base64url')
const decode = (content) => Buffer.from(content, 'base64url')

function answer({ op, in: request = {} }) {
  if (!Object.hasOwn(operations, op)) return { unsupported: { what: 'op', value: op } }
  try {
    return { accept: operations[op](request) }
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.answer }
    if (error instanceof Refused) return { reject: { kind: error.kind, msg: error.message } }
    const msg = String(error?.message ?? error)
    if (error instanceof TokenError) return { reject: { kind: error.code, msg } }
    return { error: { kind: String(error?.name ?? typeof error), msg } }
  }
}

// stdout is the protocol's. Lines are cut here because `readline` also ends a line at U+2028.
console.log = console.info = console.debug = console.error
let rest = []
for await (let chunk of process.stdin) {
  for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10)) {
    const request = JSON.parse(Buffer.concat([...rest, chunk.subarray(0, end)]).toString())
    process.stdout.write(`${JSON.stringify({ id: request.id, ...answer(request) })}\n`)
    rest = []
    chunk = chunk.subarray(end + 1)
  }
  rest.push(chunk)
}
