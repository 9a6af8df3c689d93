const jwt = require('jsonwebtoken');

/** Signs for whoever takes RS256. */
function signJwt(claims, lifetime) {
  const now = Math.floor(Date.now() / 1000);
  return jwt.sign({ ...claims, iat: now, exp: now + lifetime }, process.env.PRIVATE_KEY, { algorithm: 'RS256' });
}

module.exports = { signJwt };
