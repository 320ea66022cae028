/** Work for a task of its own. Each answers what calls it off. */

/** Safari has no idle callbacks: a short pause lets a hand and a picture go first there. */
const PAUSE_MS = 30;
/** So long at most an idle moment is waited for. */
const LONGEST_WAIT_MS = 400;

export function inTask(action: () => void, ms = 0): () => void {
  const timer = setTimeout(action, ms);
  return () => {
    clearTimeout(timer);
  };
}

export function whenIdle(action: () => void): () => void {
  // The types say that it is everywhere.
  if (!("requestIdleCallback" in globalThis)) return inTask(action, PAUSE_MS);
  const handle = requestIdleCallback(action, { timeout: LONGEST_WAIT_MS });
  return () => {
    cancelIdleCallback(handle);
  };
}
