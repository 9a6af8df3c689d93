const fetch = require('node-fetch');
const jwt = require('jsonwebtoken');

const SAFETY_MARGIN = 60 * 1000;

class ImsClient {
  constructor(options) {
    this.host = options.host || 'https://ims-na1.adobelogin.com';
    this.clientId = options.clientId;
    this.clientSecret = options.clientSecret;
    this.orgId = options.orgId;
    this.technicalAccountId = options.technicalAccountId;
    this.privateKey = options.privateKey;
    this.token = null;
    this.expiresAt = 0;
  }

  async getToken() {
    if (!this.token || Date.now() > this.expiresAt - SAFETY_MARGIN) {
      await this.refresh();
    }
    return this.token;
  }

  async refresh() {
    const body = new URLSearchParams();
    body.set('client_id', this.clientId);
    body.set('client_secret', this.clientSecret);
    body.set('jwt_token', this.signJwt());

    const res = await fetch(this.host + '/ims/exchange/jwt', { method: 'POST', body });
    const json = await res.json();
    if (json.error) {
      throw new Error(`IMS: ${json.error_description || json.error}`);
    }
    this.token = json.access_token;
    this.expiresAt = Date.now() + json.expires_in;
  }

  signJwt() {
    return jwt.sign(
      {
        exp: Math.floor(Date.now() / 1000) + 3600,
        iss: this.orgId,
        sub: this.technicalAccountId,
        aud: `${this.host}/c/${this.clientId}`,
        [`${this.host}/s/ent_reactor_admin_sdk`]: true,
      },
      this.privateKey,
      { algorithm: 'RS256' },
    );
  }

  get hoursLeft() {
    return Math.floor((this.expiresAt - Date.now()) / 3600000);
  }
}

module.exports = ImsClient;
