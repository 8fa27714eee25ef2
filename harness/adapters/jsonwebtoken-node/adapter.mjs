// Adapter for jsonwebtoken (npm): PROTOCOL.md on stdin and stdout.
//
// Deliberate about jsonwebtoken:
// - `jws.verify` is `verify` with `complete`, and with the checks of `exp` and `nbf` off. It hands out
//   parsed claims or a text, so the payload that is returned is the token's segment, decoded after
//   `verify` held. `allow` becomes `algorithms`; without it the option is not passed.
// - A key in PEM is the text that it is, a secret the octets of `k`; the library has no JWK and no DER.
//   A secret that names its use is unsupported, since octets cannot say it.
// - Its rejections are JsonWebTokenError, TokenExpiredError and NotBeforeError, and plain `Error` for keys
//   that do not fit the algorithm. A TypeError, a SyntaxError or a RangeError is an `error`.
// - `jws.sign` gets the header as it was asked. Payloads are texts for it: other octets are unsupported.
// - A token is a text for it. Claims, detached payloads and JSON serializations are not asked.

import { isUtf8 } from 'node:buffer'
import { createRequire } from 'node:module'
import jwt from 'jsonwebtoken'

const { version } = createRequire(import.meta.url)('jsonwebtoken/package.json')
const SIG = [
  'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512',
]
const REJECTIONS = ['Error', 'JsonWebTokenError', 'TokenExpiredError', 'NotBeforeError']

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
      name: 'jsonwebtoken-node',
      version,
      language: 'javascript',
      runtime: `Node.js ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
      source: 'https://github.com/auth0/node-jsonwebtoken',
      issues: 'https://github.com/auth0/node-jsonwebtoken/issues',
    },
    operations: Object.keys(operations).filter((name) => name !== 'hello'),
    serializations: ['compact'],
    alg: [],
    enc: [],
    sig: SIG,
    keys: ['jwk', 'pem'],
    inputs: ['text'],
    knobs: ['allow'],
  }),

  'jws.verify': (request) => {
    const { token, allow, payload } = request
    if (token === undefined) throw new Unsupported('input', 'bytes')
    if (payload !== undefined) throw new Unsupported('input', 'payload')
    const options = { complete: true, ignoreExpiration: true, ignoreNotBefore: true }
    if (allow?.sig) options.algorithms = allow.sig
    const { header } = jwt.verify(token, keyOf(request), options)
    return { payload: encode(decode(token.split('.')[1])), header: JSON.stringify(header) }
  },

  'jws.sign': (request) => {
    const { serialization = 'compact', detached } = request
    if (serialization !== 'compact') throw new Unsupported('serialization', serialization)
    if (detached) throw new Unsupported('input', 'detached')
    const [header, payload] = [parse(request.header), decode(request.payload)]
    if (!SIG.includes(header?.alg)) throw new Unsupported('sig', String(header?.alg))
    if (!isUtf8(payload)) throw new Unsupported('input', 'a payload that is no text')
    return { token: jwt.sign(payload.toString(), keyOf(request), { algorithm: header.alg, header }) }
  },
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
    const [kind, msg] = [String(error?.name ?? typeof error), String(error?.message ?? error)]
    return REJECTIONS.includes(kind) ? { reject: { kind, msg } } : { error: { kind, msg } }
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
