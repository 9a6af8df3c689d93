import { TokenProvider } from './ims';

function env(name: string, otherwise?: string): string {
  const value = process.env[name] ?? otherwise;
  if (!value) {
    throw new Error(`${name} is not set`);
  }
  return value;
}

async function main(): Promise<void> {
  const provider = new TokenProvider(
    {
      imsBaseUrl: env('IMS_BASE_URL', 'https://ims-na1.adobelogin.com'),
      clientId: env('AEM_CLIENT_ID'),
      clientSecret: env('AEM_CLIENT_SECRET'),
    },
    {
      orgId: env('AEM_ORG_ID'),
      technicalAccountId: env('AEM_TECHNICAL_ACCOUNT_ID'),
      privateKeyFile: env('AEM_PRIVATE_KEY_FILE'),
    },
  );
  const token = await provider.get();
  const later = Date.now() + 22 * 60 * 60 * 1000;
  console.log(`token ${token}, still good in 22 hours: ${provider.isGoodAt(later)}`);
}

void main();
