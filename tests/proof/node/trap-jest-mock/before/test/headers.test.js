jest.mock('@adobe/jwt-auth');

const auth = require('@adobe/jwt-auth');
const headers = require('../lib/headers');

test('carries the token of the service account', async () => {
  auth.mockResolvedValue({ access_token: 'abc', token_type: 'bearer', expires_in: 86399998 });
  const value = await headers({ CLIENT_ID: 'id', CLIENT_SECRET: 'secret', PRIVATE_KEY: 'key' });
  expect(value).toEqual({ Authorization: 'Bearer abc', 'x-api-key': 'id' });
  expect(auth).toHaveBeenCalledWith(expect.objectContaining({ metaScopes: ['ent_dataservices_sdk'], privateKey: 'key' }));
});
