import axios from 'axios';
import * as jwt from 'jsonwebtoken';

const host = 'https://ims-na1.adobelogin.com';

interface TokenAnswer {
  access_token: string;
  token_type: string;
  expires_in: number;
}

export async function usersToken(): Promise<string> {
  const claims = {
    exp: Math.floor(Date.now() / 1000) + 300,
    iss: process.env.ORG_ID,
    sub: process.env.TECHNICAL_ACCOUNT_ID,
    aud: `${host}/c/${process.env.CLIENT_ID}`,
    [`${host}/s/ent_user_sdk`]: true,
  };
  const form = new URLSearchParams();
  form.append('client_id', process.env.CLIENT_ID as string);
  form.append('client_secret', process.env.CLIENT_SECRET as string);
  form.append('jwt_token', jwt.sign(claims, process.env.PRIVATE_KEY as string, { algorithm: 'RS256' }));
  const { data } = await axios.post<TokenAnswer>(`${host}/ims/exchange/jwt`, form);
  return data.access_token;
}
