const { usersToken } = require('../lib/users');
const { tagsToken } = require('../lib/tags');
const { eventsToken } = require('../lib/events');

(async () => {
  console.log('users: Bearer', await usersToken());
  console.log('tags: Bearer', await tagsToken());
  console.log('events: Bearer', await eventsToken());
})();
