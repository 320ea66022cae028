/** One drawing a screen refresh at most, and only when something changed. */

/** Called every refresh while it answers true. */
export type Ticker = (nowMs: number) => boolean;

export class FrameLoop {
  #draw: (nowMs: number) => void;
  #request: (callback: (nowMs: number) => void) => number;
  #cancel: (handle: number) => void;
  #handle: number | null = null;
  #tickers = new Set<Ticker>();

  constructor(
    draw: (nowMs: number) => void,
    request: (callback: (nowMs: number) => void) => number = (callback) => requestAnimationFrame(callback),
    cancel: (handle: number) => void = (handle) => {
      cancelAnimationFrame(handle);
    },
  ) {
    this.#draw = draw;
    this.#request = request;
    this.#cancel = cancel;
  }

  /** Draw at the next refresh. */
  invalidate(): void {
    this.#handle ??= this.#request((nowMs) => {
      this.#run(nowMs);
    });
  }

  animate(ticker: Ticker): () => void {
    this.#tickers.add(ticker);
    this.invalidate();
    return () => {
      this.#tickers.delete(ticker);
    };
  }

  stop(): void {
    if (this.#handle !== null) this.#cancel(this.#handle);
    this.#handle = null;
    this.#tickers.clear();
  }

  #run(nowMs: number): void {
    this.#handle = null;
    for (const ticker of [...this.#tickers]) if (!ticker(nowMs)) this.#tickers.delete(ticker);
    this.#draw(nowMs);
    if (this.#tickers.size > 0) this.invalidate();
  }
}
