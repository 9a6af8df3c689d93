const axios = require("axios");
const jwt = require("jsonwebtoken");
const querystring = require("querystring");

const IMS = "https://ims-na1.adobelogin.com";
const key = process.env.PRIVATE_KEY;

function assertion(metascope) {
  return jwt.sign({
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: IMS + "/c/" + process.env.CLIENT_ID,
    [IMS + "/s/" + metascope]: true
  }, key, { algorithm: "RS256" });
}

async function usersToken() {
  const res = await axios.post(IMS + "/ims/exchange/jwt", querystring.stringify({
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    jwt_token: assertion("ent_user_sdk")
  }));
  return res.data.access_token;
}

async function tagsToken() {
  const res = await axios.post(IMS + "/ims/exchange/jwt", querystring.stringify({
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    jwt_token: assertion("ent_reactor_admin_sdk")
  }));
  return res.data.access_token;
}

Promise.all([usersToken(), tagsToken()]).then(tokens => console.log(tokens.join("\n")));
