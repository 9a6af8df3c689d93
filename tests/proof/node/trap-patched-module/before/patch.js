// Every token that is signed is written to the audit trail.
const jwt = require('jsonwebtoken');

const { sign } = jwt;
jwt.sign = function audited(claims, ...rest) {
  console.error('audit:', claims.iss || 'session');
  return sign.call(this, claims, ...rest);
};
