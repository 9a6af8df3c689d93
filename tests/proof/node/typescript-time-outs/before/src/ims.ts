import axios from 'axios';
import * as fs from 'fs';
import * as jwt from 'jsonwebtoken';

export interface Settings {
  imsBaseUrl: string;
  clientId: string;
  clientSecret: string;
}

interface ServiceAccount {
  orgId: string;
  technicalAccountId: string;
  privateKeyFile: string;
}

interface TokenResponse {
  access_token: string;
  token_type: string;
  expires_in: number;
}

export class TokenProvider {
  private token?: string;
  private expires = 0;

  constructor(private readonly settings: Settings, private readonly account: ServiceAccount) {}

  public async get(): Promise<string> {
    if (this.token === undefined || Date.now() >= this.expires) {
      const response = await this.exchange();
      this.token = response.access_token;
      this.expires = Date.now() + response.expires_in;
    }
    return this.token;
  }

  public isGoodAt(time: number): boolean {
    return time < this.expires;
  }

  private async exchange(): Promise<TokenResponse> {
    const form = new URLSearchParams({
      client_id: this.settings.clientId,
      client_secret: this.settings.clientSecret,
      jwt_token: this.assertion(),
    });
    const { data } = await axios.post<TokenResponse>(`${this.settings.imsBaseUrl}/ims/exchange/jwt`, form, {
      timeout: 20 * 1000,
    });
    return data;
  }

  private assertion(): string {
    const { imsBaseUrl, clientId } = this.settings;
    const key = fs.readFileSync(this.account.privateKeyFile);
    return jwt.sign({ [`${imsBaseUrl}/s/ent_dataservices_sdk`]: true }, key, {
      algorithm: 'RS256',
      issuer: this.account.orgId,
      subject: this.account.technicalAccountId,
      audience: `${imsBaseUrl}/c/${clientId}`,
      expiresIn: '5m',
    });
  }
}
