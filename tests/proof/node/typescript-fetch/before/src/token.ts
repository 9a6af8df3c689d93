import { importPKCS8, SignJWT } from "jose";

const IMS = "https://ims-na1.adobelogin.com";

type Token = { access_token: string; token_type: string };

async function signClaims(privateKey: string, clientId: string): Promise<string> {
  const key = await importPKCS8(privateKey, "RS256");
  return new SignJWT({ [`${IMS}/s/ent_cloudmgr_sdk`]: true })
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(process.env.ADOBE_ORG_ID!)
    .setSubject(process.env.ADOBE_TECHNICAL_ACCOUNT_ID!)
    .setAudience(`${IMS}/c/${clientId}`)
    .setExpirationTime("8m")
    .sign(key);
}

export async function requestToken(): Promise<Token> {
  const clientId = process.env.ADOBE_CLIENT_ID!;
  const body = new URLSearchParams();
  body.append("client_id", clientId);
  body.append("client_secret", process.env.ADOBE_CLIENT_SECRET!);
  body.append("jwt_token", await signClaims(process.env.ADOBE_PRIVATE_KEY!, clientId));

  const response = await fetch(`${IMS}/ims/exchange/jwt`, { method: "POST", body });
  return (await response.json()) as Token;
}
