import auth = require('@adobe/jwt-auth');

export async function eventsToken(): Promise<string> {
  const answer = await auth({
    clientId: process.env.CLIENT_ID as string,
    clientSecret: process.env.CLIENT_SECRET as string,
    technicalAccountId: process.env.TECHNICAL_ACCOUNT_ID as string,
    orgId: process.env.ORG_ID as string,
    metaScopes: ['ent_user_sdk'],
    privateKey: process.env.PRIVATE_KEY as string,
  });
  return answer.access_token;
}
