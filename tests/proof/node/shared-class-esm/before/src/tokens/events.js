import auth from "@adobe/jwt-auth";

export const eventsToken = async () => {
  const { access_token: token } = await auth({
    clientId: process.env.CLIENT_ID,
    clientSecret: process.env.CLIENT_SECRET,
    technicalAccountId: process.env.TECHNICAL_ACCOUNT_ID,
    orgId: process.env.ORG_ID,
    metaScopes: ["ent_user_sdk"],
    privateKey: process.env.PRIVATE_KEY,
  });
  return token;
};
