const { getToken } = require('./lib/token');

getToken().then(
  (token) => console.log('token', token),
  (err) => {
    if (!err.response) {
      throw err;
    }
    const { status, headers, data } = err.response;
    if (status === 429) {
      console.log(`busy, again in ${headers['retry-after']} s`);
      process.exit(2);
    }
    if (data.error === 'invalid_client') {
      console.log('the client is not known');
    } else {
      console.log(`IMS answered ${status}: ${data.error_description}`);
    }
    process.exit(1);
  },
);
