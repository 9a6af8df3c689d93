const app = require('./app');

const server = app.listen(Number(process.env.PORT || 0), '127.0.0.1', async () => {
  const response = await fetch(`http://127.0.0.1:${server.address().port}/token`);
  console.log(response.status, response.headers.get('content-type').replace(/; /, ';').replace(/utf-8/i, 'UTF-8'));
  const token = await response.json();
  console.log(token.token_type, token.access_token);
  server.close();
});
