const fs = require('fs');
const got = require('got');
const nJwt = require('njwt');

const imsUrl = process.env.IMS_URL || 'https://ims-na1.adobelogin.com';
const {
	CAMPAIGN_CLIENT_ID: clientId,
	CAMPAIGN_CLIENT_SECRET: clientSecret,
	CAMPAIGN_ORG_ID: orgId,
	CAMPAIGN_TECH_ID: techId,
	CAMPAIGN_KEY_FILE: keyFile,
} = process.env;

const signedJwt = () => {
	const token = nJwt.create({
		iss: orgId,
		sub: techId,
		aud: `${imsUrl}/c/${clientId}`,
		[`${imsUrl}/s/ent_campaign_sdk`]: true,
	}, fs.readFileSync(keyFile, 'utf8'), 'RS256');
	token.setExpiration(Date.now() + 5 * 60 * 1000);
	return token.compact();
};

(async () => {
	const answer = await got.post(`${imsUrl}/ims/exchange/jwt`, {
		form: {
			client_id: clientId,
			client_secret: clientSecret,
			jwt_token: signedJwt(),
		},
	}).json();
	console.log(`authenticated, ${Math.floor(answer.expires_in / 1000)} seconds left`);
	console.log(answer.access_token);
})();
