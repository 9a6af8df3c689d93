const headers = require('./lib/headers');

headers().then((value) => console.log(JSON.stringify(value)));
