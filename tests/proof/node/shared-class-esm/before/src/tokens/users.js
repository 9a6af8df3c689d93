import { importPKCS8, SignJWT } from "jose";

const { CLIENT_ID, CLIENT_SECRET, ORG_ID, TECHNICAL_ACCOUNT_ID, PRIVATE_KEY } = process.env;
const IMS = "https://ims-na1.adobelogin.com";

export async function usersToken() {
  const assertion = await new SignJWT({ [`${IMS}/s/ent_user_sdk`]: true })
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(ORG_ID)
    .setSubject(TECHNICAL_ACCOUNT_ID)
    .setAudience(`${IMS}/c/${CLIENT_ID}`)
    .setExpirationTime("5m")
    .sign(await importPKCS8(PRIVATE_KEY, "RS256"));
  const response = await fetch(`${IMS}/ims/exchange/jwt`, {
    method: "POST",
    body: new URLSearchParams({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, jwt_token: assertion }),
  });
  const answer = await response.json();
  return answer.access_token;
}
