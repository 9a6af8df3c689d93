import jwt from 'jsonwebtoken';
import { AdobeCredentials } from '../types';

const IMS = 'https://ims-na1.adobelogin.com';

export function signAssertion(credentials: AdobeCredentials, metascopes: string[]): string {
  const claims: Record<string, unknown> = {
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: credentials.orgId,
    sub: credentials.technicalAccountId,
    aud: `${IMS}/c/${credentials.clientId}`,
  };
  for (const metascope of metascopes) {
    claims[`${IMS}/s/${metascope}`] = true;
  }
  return jwt.sign(claims, credentials.privateKey, { algorithm: 'RS256' });
}
