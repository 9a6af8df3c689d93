var config = require('./config');
var ims = require('./ims');

ims.getToken(function (err, token) {
  if (err) {
    console.error(err);
    process.exit(1);
  }
  // The batches themselves are not part of this example.
  console.log('synchronising with ' + token);
  if (config.batchSize === 10) console.log('finished');
});
