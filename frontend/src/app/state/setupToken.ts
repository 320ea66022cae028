/**
 * The secret of the one-time link, which came in the address. It is taken out of it at once: addresses are kept in
 * histories and shown on shared screens.
 */
export const setupToken = takeToken();

function takeToken(): string {
  if (location.pathname !== "/setup" || location.hash.length < 2) return "";
  const token = location.hash.slice(1);
  history.replaceState(history.state, "", location.pathname);
  return token;
}
