/** A viewing socket that waits for the code that speaks on it. Whoever signs out has theirs closed by the server. */
export const early: { socket: WebSocket | null } = { socket: null };

export const openViewingSocket = (): WebSocket => new WebSocket(`${location.origin.replace("http", "ws")}/ws/viewing`);

/** Shaking hands takes three round trips: they are made while the first picture is on its way. */
export function connectEarly(): void {
  early.socket?.close();
  early.socket = openViewingSocket();
}
