import axios, { AxiosResponse } from 'axios';
import { AccessToken, AdobeCredentials } from '../types';
import { signAssertion } from './jwt';

export async function getAccessToken(credentials: AdobeCredentials): Promise<AccessToken> {
  const form = new URLSearchParams();
  form.set('client_id', credentials.clientId);
  form.set('client_secret', credentials.clientSecret);
  form.set('jwt_token', signAssertion(credentials, ['ent_user_sdk']));

  const response: AxiosResponse<AccessToken> = await axios.post<AccessToken>(
    'https://ims-na1.adobelogin.com/ims/exchange/jwt',
    form.toString(),
    { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
  );
  return response.data;
}
