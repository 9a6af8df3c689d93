const got = require('got')
const jwt = require('jsonwebtoken')
const { buildClaims } = require('./claims')
const { ims, clientId, clientSecret } = require('./config')
const readKey = require('./key')

// Stock asks for a new token once a day.
const getToken = async () => {
	const { body } = await got.post(`${ims}/ims/exchange/jwt`, {
		form: {
			client_id: clientId,
			client_secret: clientSecret,
			jwt_token: jwt.sign(buildClaims(), readKey(), { algorithm: 'RS256' })
		},
		responseType: 'json'
	})
	return body.access_token
}

module.exports = getToken
