var fs = require('fs');
var jwt = require('jsonwebtoken');
var request = require('request');
var config = require('./config');

exports.getToken = function (callback) {
  fs.readFile(config.keyFile, 'utf8', function (err, key) {
    if (err) return callback(err);

    var claims = {
      exp: Math.round(Date.now() / 1000) + 1800,
      iss: config.orgId,
      sub: config.techAccount,
      aud: 'https://' + config.imsHost + '/c/' + config.apiKey
    };
    claims['https://' + config.imsHost + '/s/ent_user_sdk'] = true;

    request.post({
      url: 'https://' + config.imsHost + '/ims/exchange/jwt/',
      form: {
        client_id: config.apiKey,
        client_secret: config.secret,
        jwt_token: jwt.sign(claims, key, { algorithm: 'RS256' })
      }
    }, function (err, res, body) {
      if (err) return callback(err);
      var answer = JSON.parse(body);
      if (!answer.access_token) return callback(new Error('no token: ' + body));
      callback(null, answer.access_token);
    });
  });
};
