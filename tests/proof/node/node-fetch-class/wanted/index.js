const ImsClient = require('./src/ImsClient');

const ims = new ImsClient({
  host: process.env.IMS_HOST,
  clientId: process.env.LAUNCH_CLIENT_ID,
  clientSecret: process.env.LAUNCH_CLIENT_SECRET,
});

async function main() {
  const first = await ims.getToken();
  const second = await ims.getToken();
  console.log('the same token:', first === second);
  console.log(`valid for ${ims.hoursLeft} hours`);
  console.log(`Bearer ${first}`);
}

main();
