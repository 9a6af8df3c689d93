require('dotenv').config({ quiet: true });
const users = require('./lib/users');
const events = require('./lib/events');

(async () => {
  console.log('users', await users());
  console.log('events', await events());
})();
