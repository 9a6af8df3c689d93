import axios from 'axios';
import { readFileSync } from 'fs';
import jwt from 'jsonwebtoken';

/** What an application hands to {@link authorize}. */
export interface AdobeCredentials {
  clientId: string;
  clientSecret: string;
  orgId: string;
  technicalAccountId: string;
  /** The PEM file that the Developer Console handed out. */
  privateKeyPath: string;
}

const IMS = 'https://ims-na1.adobelogin.com';

export async function authorize(credentials: AdobeCredentials): Promise<{ Authorization: string }> {
  const assertion = jwt.sign(
    {
      iss: credentials.orgId,
      sub: credentials.technicalAccountId,
      aud: `${IMS}/c/${credentials.clientId}`,
      [`${IMS}/s/ent_dataservices_sdk`]: true,
    },
    readFileSync(credentials.privateKeyPath, 'utf8'),
    { algorithm: 'RS256', expiresIn: 300 },
  );
  const { data } = await axios.post<{ access_token: string }>(
    `${IMS}/ims/exchange/jwt`,
    new URLSearchParams({
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      jwt_token: assertion,
    }),
  );
  return { Authorization: `Bearer ${data.access_token}` };
}
