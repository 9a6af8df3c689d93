import { eventsToken } from "./src/tokens/events.js";
import { tagsToken } from "./src/tokens/more/tags.js";
import { usersToken } from "./src/tokens/users.js";

console.log("users", await usersToken());
console.log("events", await eventsToken());
console.log("tags", await tagsToken());
