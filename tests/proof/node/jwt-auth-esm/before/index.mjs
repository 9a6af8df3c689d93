import { accessToken } from './auth.mjs';

const first = await accessToken();
const second = await accessToken();
console.log(first.token);
console.log('cached:', first === second);
console.log('refresh in', Math.floor((first.until - Date.now()) / 3_600_000), 'h');
