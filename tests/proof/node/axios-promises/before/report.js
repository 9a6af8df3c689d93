const { login } = require("./lib/auth");

const config = {
    clientId: process.env.ANALYTICS_CLIENT_ID,
    clientSecret: process.env.ANALYTICS_CLIENT_SECRET,
    orgId: process.env.ANALYTICS_ORG,
    technicalAccountId: process.env.ANALYTICS_ACCOUNT,
    privateKey: process.env.ANALYTICS_PRIVATE_KEY
};

login(config)
    .then(token => {
        const scheme = token.token_type[0].toUpperCase() + token.token_type.slice(1);
        console.log("company report with " + scheme + " " + token.access_token);
    })
    .catch(error => {
        console.error("login failed:", error.message);
        process.exitCode = 1;
    })
    .finally(() => console.log("done"));
