const { adobeToken } = require('./lib/adobe');
const { googleAssertion, googleToken } = require('./lib/google');

(async () => {
  console.log('adobe', await adobeToken());
  if (process.argv.includes('--export')) {
    console.log('google', await googleToken());
  } else {
    console.log('google', googleAssertion().split('.')[0]);
  }
})();
