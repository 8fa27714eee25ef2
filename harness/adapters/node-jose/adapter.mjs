// Adapter for node-jose (npm): PROTOCOL.md on stdin and stdout.
//
// Deliberate about node-jose:
// - `allow` becomes its option `algorithms`, one list for `alg` and `enc`. Without it the option is not
//   passed, and the library allows everything that it can do (`*`).
// - `createVerify` merges the options that it is given into its defaults, which every later verifier of
//   the process shares, lists item by item (suites/FINDINGS.md). So that no request sees those of another,
//   `jws.verify` passes both options always, the algorithms as one text, which it also takes; without
//   `allow` they are the documented defaults.
// - Keys are imported by the library: `asKey` of the text as JSON, PEM, PKCS#8 or SPKI, and `asKeyStore`.
// - A serialization in JSON is an object for it: the adapter parses the text with `JSON.parse`, and what
//   that refuses is a rejection of kind `adapter-json`. What begins with `{` is taken for JSON.
// - It has no classes for its rejections; they are plain `Error`, and so are a `reject` here. A TypeError,
//   a SyntaxError or a RangeError is an `error`.
// - Written tokens carry exactly the header that was asked (`reference: false`, everything protected).
// - It has no keys of type OKP: such a key is unsupported, not refused. In a key set it is the library's
//   to pass over.
// - RSA1_5 is not declared: the library has it, but recent versions of Node.js refuse to decrypt it.
// - It does not know JWT: no claims are checked, so there is no `nested.open`. A detached payload and
//   limits of `p2c` and of inflation have no parameter.

import { createRequire } from 'node:module'
import jose from 'node-jose'

const { version } = createRequire(import.meta.url)('node-jose/package.json')
const ALG = [
  'RSA-OAEP', 'RSA-OAEP-256', 'A128KW', 'A192KW', 'A256KW', 'dir', 'ECDH-ES', 'ECDH-ES+A128KW',
  'ECDH-ES+A192KW', 'ECDH-ES+A256KW', 'A128GCMKW', 'A192GCMKW', 'A256GCMKW', 'PBES2-HS256+A128KW',
  'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW',
]
const ENC = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512']
const SIG = [
  'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512',
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
  hello: async () => ({
    protocol: 1,
    implementation: {
      name: 'node-jose',
      version,
      language: 'javascript',
      runtime: `Node.js ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
      source: 'https://github.com/cisco/node-jose',
      issues: 'https://github.com/cisco/node-jose/issues',
    },
    operations: Object.keys(operations).filter((name) => name !== 'hello'),
    serializations: ['compact', 'general', 'flattened'],
    alg: ALG,
    enc: ENC,
    sig: SIG,
    keys: ['jwk', 'pem', 'der'],
    inputs: ['text'],
    knobs: ['allow'],
  }),

  'jwe.decrypt': async (request) => {
    if (request.limits) throw new Unsupported('knob', 'limits')
    const { allow } = request
    const pinned = allow?.alg || allow?.enc
    const options = pinned ? { algorithms: [...(allow.alg ?? ALG), ...(allow.enc ?? ENC)] } : undefined
    const decrypter = jose.JWE.createDecrypt(await keyOf(request, 'pkcs8'), options)
    const result = await decrypter.decrypt(tokenOf(request))
    return { plaintext: encode(result.plaintext), header: JSON.stringify(result.header) }
  },

  'jwe.encrypt': async (request) => {
    const key = await keyOf(request, 'spki')
    const aad = request.aad ? { aad: decode(request.aad) } : {}
    return { token: await encrypted(decode(request.plaintext), request.header, key, request, aad) }
  },

  'jws.verify': async (request) => {
    if (request.payload !== undefined) throw new Unsupported('input', 'payload')
    const algorithms = request.allow?.sig?.join(' ') ?? '*'
    const options = { algorithms, allowEmbeddedKey: false }
    const verifier = jose.JWS.createVerify(await keyOf(request, 'spki'), options)
    const result = await verifier.verify(tokenOf(request))
    return { payload: encode(result.payload), header: JSON.stringify(result.header) }
  },

  'jws.sign': async (request) => {
    if (request.detached) throw new Unsupported('input', 'detached')
    const key = await keyOf(request, 'pkcs8')
    return { token: await signed(decode(request.payload), request.header, key, request) }
  },

  'nested.seal': async ({ claims, sign, encrypt }) => {
    const inner = await signed(Buffer.from(claims), sign.header, await keyOf(sign, 'pkcs8'), {})
    const key = await keyOf(encrypt, 'spki')
    return { token: await encrypted(Buffer.from(inner), encrypt.header, key, {}, {}) }
  },

  'jwk.thumbprint': async (request) => {
    const key = await keyOf(request, 'spki')
    return { thumbprint: encode(await key.thumbprint(request.hash ?? 'SHA-256')) }
  },
}

async function encrypted(plaintext, header, key, { serialization: format = 'compact' }, aad) {
  const fields = parse(header)
  declared(fields, { alg: ALG, enc: ENC })
  const options = { format, fields, contentAlg: fields.enc, ...aad }
  return text(await jose.JWE.createEncrypt(options, { key, reference: false }).final(plaintext))
}

async function signed(payload, header, key, { serialization: format = 'compact' }) {
  const fields = parse(header)
  declared(fields, { sig: SIG })
  return text(await jose.JWS.createSign({ format, fields }, { key, reference: false }).final(payload))
}

/** For the directions that take no `allow`: an algorithm that the library does not have is unsupported. */
function declared(header, names) {
  for (const [kind, list] of Object.entries(names)) {
    const name = header?.[kind === 'sig' ? 'alg' : kind]
    if (typeof name === 'string' && !list.includes(name)) throw new Unsupported(kind, name)
  }
}

const keys = new Map()
async function keyOf({ key, jwks }, form) {
  if (jwks !== undefined) return cached(`jwks ${jwks}`, () => jose.JWK.asKeyStore(jwks))
  if (key.jwk !== undefined) return cached(`jwk ${key.jwk}`, () => imported(key.jwk))
  if (key.pem !== undefined) return cached(`pem ${key.pem}`, () => jose.JWK.asKey(key.pem, 'pem'))
  if (key.der === undefined) throw new Unsupported('key', Object.keys(key).join(', '))
  return cached(`${form} ${key.der}`, () => jose.JWK.asKey(decode(key.der), form))
}

async function imported(jwk) {
  try {
    return await jose.JWK.asKey(jwk, 'json')
  } catch (error) {
    if (/"kty"\s*:\s*"OKP"/.test(jwk)) throw new Unsupported('key', 'OKP')
    throw error
  }
}

async function cached(name, make) {
  if (!keys.has(name)) {
    const key = await make()
    if (keys.size >= 256) keys.delete(keys.keys().next().value)
    keys.set(name, key)
  }
  return keys.get(name)
}

function tokenOf({ token }) {
  if (token === undefined) throw new Unsupported('input', 'bytes')
  return /^[ \t\r\n]*\{/.test(token) ? parse(token) : token
}

function parse(content) {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new Refused('adapter-json', error.message)
  }
}

const text = (token) => (typeof token === 'string' ? token : JSON.stringify(token))
const encode = (octets) => Buffer.from(octets).toString('base64url')
const decode = (content) => Buffer.from(content, 'base64url')

async function answer({ op, in: request = {} }) {
  if (!Object.hasOwn(operations, op)) return { unsupported: { what: 'op', value: op } }
  try {
    return { accept: await operations[op](request) }
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.answer }
    if (error instanceof Refused) return { reject: { kind: error.kind, msg: error.message } }
    const [kind, msg] = [String(error?.name ?? typeof error), String(error?.message ?? error)]
    return kind === 'Error' ? { reject: { kind, msg } } : { error: { kind, msg } }
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
