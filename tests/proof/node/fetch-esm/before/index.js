import { readFile } from 'node:fs/promises'
import { importPKCS8, SignJWT } from 'jose'

const { CLIENT_ID, CLIENT_SECRET, ORG_ID, TECHNICAL_ACCOUNT_ID } = process.env
const IMS = 'https://ims-na1.adobelogin.com'

const pem = await readFile(new URL('private.key', import.meta.url), 'utf8')
const key = await importPKCS8(pem, 'RS256')

const assertion = await new SignJWT({ [`${IMS}/s/ent_dataservices_sdk`]: true })
  .setProtectedHeader({ alg: 'RS256' })
  .setIssuer(ORG_ID)
  .setSubject(TECHNICAL_ACCOUNT_ID)
  .setAudience(`${IMS}/c/${CLIENT_ID}`)
  .setExpirationTime('10m')
  .sign(key)

const response = await fetch(`${IMS}/ims/exchange/jwt`, {
  method: 'POST',
  body: new URLSearchParams({
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    jwt_token: assertion
  })
})
const { access_token: token } = await response.json()

console.log(`x-gw-ims-org-id: ${ORG_ID}, token ${token}`)
