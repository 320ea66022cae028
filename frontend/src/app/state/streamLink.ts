/** The viewing socket that was opened early. */

import { early, openViewingSocket } from "./earlySocket";

/** The one that was opened early, once, or else a new one. */
export function takeSocket(): WebSocket {
  const { socket } = early;
  early.socket = null;
  return socket !== null && socket.readyState <= WebSocket.OPEN ? socket : openViewingSocket();
}
