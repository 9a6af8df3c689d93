import auth = require('@adobe/jwt-auth');

const config: auth.JWTAuthConfig = {
  clientId: process.env.CLIENT_ID as string,
  clientSecret: process.env.CLIENT_SECRET as string,
  technicalAccountId: process.env.TECHNICAL_ACCOUNT_ID as string,
  orgId: process.env.ORG_ID as string,
  metaScopes: ['ent_user_sdk'],
  privateKey: process.env.PRIVATE_KEY as string,
};

let answer: auth.JWTAuthResponse | undefined;
let until = 0;

export async function eventsToken(): Promise<string> {
  if (!answer || Date.now() > until) {
    answer = await auth(config);
    until = Date.now() + answer.expires_in - 60_000;
  }
  return answer.access_token;
}
