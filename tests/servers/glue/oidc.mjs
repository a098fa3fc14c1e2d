// An authorization server and its API, by oidc-provider: `node oidc.mjs FOLDER PORT`, where FOLDER has the packages.
//
// /api is for whoever has a token, and takes its time with ?seconds=; tokens of clients named short-* are good for two
// seconds. Whoever comes to authorize is logged in as `login_hint` (alice) and agrees to all; a device is approved by a
// look at the address it shows, or refused with &refuse added. Besides the provider's own grants there are those of an
// assertion (RFC 7523) and of token exchange (RFC 8693). The private keys of clients are made anew, in this folder.
import crypto from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

const [folder, port] = process.argv.slice(2)
const load = createRequire(`${folder}/package.json`)
const { default: Provider, errors } = await import(load.resolve('oidc-provider'))
const jose = await import(createRequire(load.resolve('oidc-provider')).resolve('jose'))

const issuer = `http://127.0.0.1:${port}`
const api = `${issuer}/api`
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const ASSERTION = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const SHORT = 2
const LONG = 600

// The public half of a new key, whose private half is left in a file.
function key(name, kind, options) {
  const pair = crypto.generateKeyPairSync(kind, options)
  fs.writeFileSync(`${name}.pem`, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  return pair.publicKey.export({ format: 'jwk' })
}

const rsa = { ...key('rs256', 'rsa', { modulusLength: 2048 }), alg: 'RS256', use: 'sig', kid: 'rsa' }
const ec = { ...key('es256', 'ec', { namedCurve: 'P-256' }), alg: 'ES256', use: 'sig', kid: 'ec' }
const keys = { jwks: { keys: [rsa, ec] } }

function client(id, grants, more) {
  const secret = { client_secret: `${id}-secret-of-thirty-two-bytes-and-more` }
  return { client_id: id, ...secret, grant_types: grants, redirect_uris: [], response_types: [], ...more }
}
const byUser = { redirect_uris: ['http://127.0.0.1/callback'], response_types: ['code'], application_type: 'native' }
const withCode = ['authorization_code', 'refresh_token']
const open = { token_endpoint_auth_method: 'none', client_secret: undefined }

const clients = [
  client('basic', ['client_credentials', EXCHANGE]),
  client('post', ['client_credentials'], { token_endpoint_auth_method: 'client_secret_post' }),
  client('secret-jwt', ['client_credentials'], { token_endpoint_auth_method: 'client_secret_jwt' }),
  client('rs256', ['client_credentials', ASSERTION], { token_endpoint_auth_method: 'private_key_jwt', ...keys }),
  client('es256', ['client_credentials', ASSERTION], { token_endpoint_auth_method: 'private_key_jwt', ...keys }),
  client('odd:id/ +&', ['client_credentials'], { client_secret: 'p:w %+/=&"<' }),
  client('short-basic', ['client_credentials']),
  client('code', withCode, byUser),
  client('public', [...withCode, DEVICE], { ...byUser, ...open }),
  client('short-public', [...withCode, DEVICE], { ...byUser, ...open }),
  client('nonce', ['client_credentials']),
]

const provider = new Provider(issuer, {
  clients,
  enabledJWA: { clientAuthSigningAlgValues: ['HS256', 'RS256', 'ES256'], dPoPSigningAlgValues: ['ES256', 'EdDSA'] },
  scopes: ['openid', 'offline_access', 'api:read', 'api:write'],
  pkce: { required: () => true },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: {
      enabled: true,
      nonceSecret: crypto.randomBytes(32),
      requireNonce: (ctx) => ctx.oidc.client.clientId === 'nonce',
    },
    introspection: { enabled: true },
    revocation: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => api,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'api:read api:write', accessTokenFormat: 'opaque' }),
    },
  },
  rotateRefreshToken: true,
  issueRefreshToken: (ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: Object.fromEntries(
    ['AccessToken', 'ClientCredentials'].map((kind) => [
      kind,
      (ctx, token, client) => (client.clientId.startsWith('short-') ? SHORT : LONG),
    ]),
  ),
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: [crypto.randomBytes(16).toString('hex')] },
})

// A token for a client that acts for somebody.
async function issue(ctx, accountId, gty, more) {
  const { client, params } = ctx.oidc
  const token = new provider.AccessToken({ client, accountId, gty, scope: params.scope ?? 'api:read' })
  const access_token = await token.save()
  ctx.body = { access_token, token_type: 'Bearer', expires_in: token.expiration, scope: token.scope, ...more }
}

async function byAssertion(ctx) {
  try {
    const audience = [issuer, `${issuer}/token`]
    const { payload } = await jose.jwtVerify(ctx.oidc.params.assertion, jose.createLocalJWKSet(keys.jwks), { audience })
    if (payload.iss !== ctx.oidc.client.clientId) throw new Error('who says so')
    await issue(ctx, payload.sub, 'assertion')
  } catch (error) {
    throw new errors.InvalidGrant('the assertion is not to be trusted', String(error))
  }
}

async function byExchange(ctx) {
  const { subject_token: subject, subject_token_type: kind } = ctx.oidc.params
  const token = await found(subject)
  if (!token || kind !== 'urn:ietf:params:oauth:token-type:access_token') {
    throw new errors.InvalidGrant('the subject token is not good')
  }
  await issue(ctx, subjectOf(token), 'exchange', { issued_token_type: kind })
}

const exchanged = ['subject_token', 'subject_token_type', 'requested_token_type', 'actor_token', 'actor_token_type']
provider.registerGrantType(ASSERTION, byAssertion, ['assertion', 'scope'])
provider.registerGrantType(EXCHANGE, byExchange, [...exchanged, 'scope', 'audience', 'resource'], ['audience', 'resource'])
provider.use(async (ctx, next) => {
  await next()
  if (ctx.body?.device_code) ctx.body.interval = 1 // the provider names none, which means five seconds
})

async function found(value) {
  return (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value))
}

const subjectOf = (token) => token.accountId ?? token.clientId

// Whoever comes is logged in, and agrees.
async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  let result = { login: { accountId: params.login_hint ?? 'alice' } }
  if (prompt.name === 'consent') {
    const grant = grantId ? await provider.Grant.find(grantId) : granted(session.accountId, params.client_id)
    result = { consent: { grantId: await agree(grant, params.scope) } }
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
}

const granted = (accountId, clientId) => new provider.Grant({ accountId, clientId })

async function agree(grant, scope) {
  grant.addOIDCScope(scope)
  grant.addResourceScope(api, scope)
  return grant.save()
}

async function decide(url, response) {
  const code = await provider.DeviceCode.findByUserCode(url.searchParams.get('user_code').replace('-', ''))
  const { scope = 'api:read' } = code.params
  if (url.searchParams.has('refuse')) {
    Object.assign(code, { error: 'access_denied', errorDescription: 'the user says no' })
  } else {
    const grantId = await agree(granted('alice', code.clientId), scope)
    Object.assign(code, { accountId: 'alice', grantId, scope, resource: api })
  }
  await code.save()
  answer(response, 200, { decided: true })
}

// The API: a token in the header, and with it a proof if it is bound to a key (RFC 9449).
async function serve(request, response, seconds) {
  await sleep(seconds * 1000)
  const [scheme, value] = (request.headers.authorization ?? '').split(' ')
  const token = value && (await found(value))
  if (!token || token.isExpired || (token.jkt ? scheme !== 'DPoP' : scheme !== 'Bearer')) {
    const challenge = value ? 'Bearer realm="api", error="invalid_token"' : 'Bearer realm="api"'
    return answer(response, 401, { error: 'invalid_token' }, { 'www-authenticate': challenge })
  }
  if (token.jkt && !(await proves(request, value, token))) {
    return answer(response, 401, {}, { 'www-authenticate': 'DPoP error="invalid_dpop_proof", algs="ES256 EdDSA"' })
  }
  const said = { client: token.clientId, sub: subjectOf(token), scope: token.scope, kind: token.tokenType }
  answer(response, 200, { ...said, token: digest(value, 'hex').slice(0, 12) })
}

const proofs = new Set()

async function proves(request, value, token) {
  try {
    const { payload, protectedHeader } = await jose.jwtVerify(request.headers.dpop, jose.EmbeddedJWK, { typ: 'dpop+jwt' })
    const isNew = !proofs.has(payload.jti)
    proofs.add(payload.jti)
    return (
      isNew &&
      (await jose.calculateJwkThumbprint(protectedHeader.jwk)) === token.jkt &&
      payload.ath === digest(value, 'base64url') &&
      payload.htm === request.method &&
      payload.htu === issuer + request.url.split('?')[0]
    )
  } catch {
    return false
  }
}

const digest = (value, written) => crypto.createHash('sha256').update(value).digest(written)

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

const theirs = provider.callback()
const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, issuer)
  try {
    if (url.pathname.startsWith('/interaction/')) await interact(request, response)
    else if (url.pathname === '/device' && url.searchParams.has('user_code')) await decide(url, response)
    else if (url.pathname.startsWith('/api')) await serve(request, response, Number(url.searchParams.get('seconds')))
    else await theirs(request, response)
  } catch (error) {
    console.error(error)
    answer(response, 500, { error: String(error) })
  }
})
server.listen(Number(port), '127.0.0.1')
