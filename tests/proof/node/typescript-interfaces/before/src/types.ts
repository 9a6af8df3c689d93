export interface AdobeCredentials {
  clientId: string;
  clientSecret: string;
  orgId: string;
  technicalAccountId: string;
  privateKey: string;
}

export interface AccessToken {
  access_token: string;
  token_type: string;
  expires_in: number;
}
