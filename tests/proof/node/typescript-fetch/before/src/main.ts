import { requestToken } from "./token.js";

const token = await requestToken();
console.log(`${token.token_type} ${token.access_token}`);
