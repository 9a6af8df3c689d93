import axios from "axios";
import jwt from "jsonwebtoken";

const IMS = "https://ims-na1.adobelogin.com";

export function tagsToken() {
  const claims = {
    exp: Math.round(Date.now() / 1000) + 300,
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: `${IMS}/c/${process.env.CLIENT_ID}`,
    [`${IMS}/s/ent_reactor_sdk`]: true,
  };
  const form = new URLSearchParams({
    client_id: process.env.CLIENT_ID,
    client_secret: process.env.CLIENT_SECRET,
    jwt_token: jwt.sign(claims, process.env.PRIVATE_KEY, { algorithm: "RS256" }),
  });
  return axios.post(`${IMS}/ims/exchange/jwt`, form).then((response) => response.data.access_token);
}
