/** The screen stays on while images are read; it may sleep again when the reader leaves or the tab is hidden. */

export function keepAwake(): () => void {
  let held: WakeLockSentinel | null = null;
  const left = new AbortController();
  const hasLeft = (): boolean => left.signal.aborted;
  const ask = async (): Promise<void> => {
    if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
    // Refused on a low battery, or where the page may not: then the screen sleeps as it always does.
    held = await navigator.wakeLock.request("screen").catch(() => null);
    if (hasLeft()) await held?.release();
  };
  document.addEventListener("visibilitychange", () => void ask(), { signal: left.signal });
  void ask();
  return () => {
    left.abort();
    void held?.release().catch(() => undefined);
  };
}
