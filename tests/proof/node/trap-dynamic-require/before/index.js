const name = process.argv[2] || 'none';
const provider = require('./providers/' + name);

provider.login(process.env).then((answer) => {
  const hours = Math.floor((answer.expires_in * provider.unit) / 3600);
  console.log(`${name}: ${answer.access_token}, ${hours} h`);
});
