// An API with quotas, by express-rate-limit: `node ratelimit.cjs FOLDER PORT`, where FOLDER has the packages.
//
// Each quota is five requests in a second for each X-Api-Key. /6, /7 and /8 tell of it as these drafts of
// "RateLimit header fields for HTTP" have it, /legacy with X-RateLimit-*, /both of two quotas at once.
const [folder, port] = process.argv.slice(2)
const load = require('node:module').createRequire(`${folder}/package.json`)
const express = load('express')
const { rateLimit } = load('express-rate-limit')

const quota = (more) =>
  rateLimit({
    windowMs: 1000,
    limit: 5,
    legacyHeaders: false,
    keyGenerator: (request) => request.get('x-api-key') ?? 'anybody',
    ...more,
  })

const quotas = {
  '/6': [quota({ standardHeaders: 'draft-6' })],
  '/7': [quota({ standardHeaders: 'draft-7' })],
  '/8': [quota({ standardHeaders: 'draft-8', identifier: 'short' })],
  '/legacy': [quota({ standardHeaders: false, legacyHeaders: true })],
  '/both': [
    quota({ standardHeaders: 'draft-8', identifier: 'short' }),
    quota({ standardHeaders: 'draft-8', identifier: 'long', windowMs: 60000, limit: 50 }),
  ],
}

const app = express()
app.get('/', (request, response) => response.json({ ready: true }))
for (const [path, limits] of Object.entries(quotas)) {
  app.all(path, ...limits, (request, response) => response.json({ path }))
}
app.listen(Number(port), '127.0.0.1')
