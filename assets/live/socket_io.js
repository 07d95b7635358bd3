// Stands in for socket.io-client where Reflex imports it (an alias of Vite's, see rxconfig.py). The connection that Reflex
// opens is known here, so that our namespace can ride on it.
import io from "../../node_modules/socket.io-client/build/esm/index.js";

let manager;
const wanting = new Set();

/** Calls `use` with the Manager of the page's connection: now, if there is one, and whenever there is another. */
export function withManager(use) {
  wanting.add(use);
  if (manager) use(manager);
}

export default function open(address, options) {
  const socket = io(address, options);
  if (socket.io !== manager) {
    manager = socket.io;
    wanting.forEach((use) => use(manager));
  }
  return socket;
}

export { io };
