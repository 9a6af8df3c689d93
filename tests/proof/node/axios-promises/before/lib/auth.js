const axios = require("axios");
const FormData = require("form-data");
const jwt = require("jsonwebtoken");

const ims = process.env.IMS_ENDPOINT || "https://ims-na1.adobelogin.com";

/**
 * Logs in with the service account.
 *
 * @returns {Promise<{access_token: string, token_type: string}>}
 */
exports.login = function (config) {
    const payload = {
        exp: Math.floor(Date.now() / 1000) + 300,
        iss: config.orgId,
        sub: config.technicalAccountId,
        aud: ims + "/c/" + config.clientId
    };
    payload[ims + "/s/ent_analytics_bulk_ingest_sdk"] = true;

    const form = new FormData();
    form.append("client_id", config.clientId);
    form.append("client_secret", config.clientSecret);
    form.append("jwt_token", jwt.sign(payload, config.privateKey, { algorithm: "RS256" }));

    return axios({
        method: "post",
        url: ims + "/ims/exchange/jwt/",
        data: form,
        headers: form.getHeaders()
    }).then(function (response) {
        return response.data;
    });
};
