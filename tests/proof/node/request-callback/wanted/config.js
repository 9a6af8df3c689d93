module.exports = {
  imsHost: 'ims-na1.adobelogin.com',
  apiKey: process.env.ADOBE_KEY,
  secret: process.env.ADOBE_SECRET,
  batchSize: 10
};
