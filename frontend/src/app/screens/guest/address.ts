/**
 * The secret half of a link, which stands behind # in the address and is never sent by a browser. It stays there until
 * the link is open, so that the page can be loaded anew; then it is taken out: addresses are kept in histories.
 */
export function secretInAddress(): string {
  return location.hash.slice(1);
}

export function forgetSecret(): void {
  history.replaceState(history.state, "", location.pathname);
}
