module.exports = {
  imsHost: 'ims-na1.adobelogin.com',
  apiKey: process.env.ADOBE_KEY,
  secret: process.env.ADOBE_SECRET,
  orgId: '0123456789ABCDEF01234567@AdobeOrg',
  batchSize: 10
};
