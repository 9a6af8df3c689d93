'use strict'

const crypto = require('crypto')
const fs = require('fs')
const https = require('https')
const querystring = require('querystring')

const IMS_HOSTNAME = 'ims-na1.adobelogin.com'

function base64url (value) {
  return Buffer.from(JSON.stringify(value)).toString('base64').replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_')
}

function signAssertion (env) {
  const header = base64url({ alg: 'RS256', typ: 'JWT' })
  const claims = base64url({
    exp: Math.floor(Date.now() / 1000) + 120,
    iss: env.ADOBE_ORG_ID,
    sub: env.ADOBE_TECHNICAL_ACCOUNT_ID,
    aud: `https://${IMS_HOSTNAME}/c/${env.ADOBE_CLIENT_ID}`,
    [`https://${IMS_HOSTNAME}/s/ent_adobeio_sdk`]: true
  })
  const key = fs.readFileSync(env.ADOBE_PRIVATE_KEY_PATH)
  const signature = crypto.createSign('RSA-SHA256').update(`${header}.${claims}`).sign(key, 'base64url')
  return `${header}.${claims}.${signature}`
}

function fetchToken (env) {
  const body = querystring.stringify({
    client_id: env.ADOBE_CLIENT_ID,
    client_secret: env.ADOBE_CLIENT_SECRET,
    jwt_token: signAssertion(env)
  })
  const options = {
    hostname: IMS_HOSTNAME,
    path: '/ims/exchange/jwt',
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': Buffer.byteLength(body)
    }
  }
  return new Promise((resolve, reject) => {
    const req = https.request(options, res => {
      const chunks = []
      res.on('data', chunk => chunks.push(chunk))
      res.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString())
        if (answer.error) {
          reject(new Error(answer.error_description))
        } else {
          resolve(answer.access_token)
        }
      })
    })
    req.on('error', reject)
    req.write(body)
    req.end()
  })
}

module.exports = { fetchToken }
