import { eventsToken } from './events';
import { usersToken } from './users';

async function main(): Promise<void> {
  console.log('users', await usersToken());
  console.log('events', await eventsToken());
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
