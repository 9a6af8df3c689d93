const { ims, clientId, orgId, techId } = require('./config')

const buildClaims = () => ({
	exp: Math.round(Date.now() / 1000) + 60 * 60,
	iss: orgId,
	sub: techId,
	aud: `${ims}/c/${clientId}`,
	[`${ims}/s/ent_stocksearch_sdk`]: true
})

module.exports = { buildClaims }
