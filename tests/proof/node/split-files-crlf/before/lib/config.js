module.exports = {
	ims: process.env.IMS_HOST || 'https://ims-na1.adobelogin.com',
	clientId: process.env.STOCK_CLIENT_ID,
	clientSecret: process.env.STOCK_CLIENT_SECRET,
	orgId: process.env.STOCK_ORG_ID,
	techId: process.env.STOCK_TECH_ID
}
