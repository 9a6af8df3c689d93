const { token, DAY } = require('./cache');

const credentials = {
  clientId: process.env.CJA_CLIENT_ID,
  secret: process.env.CJA_SECRET,
  org: process.env.CJA_ORG,
  techId: process.env.CJA_TECH_ID,
  keyFile: process.env.CJA_KEY
};

(async () => {
  const first = await token(credentials);
  console.log(first.value);
  const second = await token(credentials);
  console.log(second.value);
  console.log('expires within a day:', second.expiresAt.getTime() < Date.now() + DAY);
  console.log('not within 23 hours:', second.expiresAt.getTime() > Date.now() + DAY - 60 * 60 * 1000);
})();
