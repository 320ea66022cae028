/** Keeps what was used last, within a budget of bytes. */

interface Held<Value> {
  readonly value: Value;
  readonly bytes: number;
}

export class ByteCache<Value> {
  #budgetBytes: number;
  #held = new Map<string, Held<Value>>();
  #usedBytes = 0;
  #onGone: (key: string, value: Value) => void;

  /** `onGone` is called for everything that leaves, whether pushed out, replaced or cleared. */
  constructor(budgetBytes: number, onGone: (key: string, value: Value) => void) {
    this.#budgetBytes = budgetBytes;
    this.#onGone = onGone;
  }

  get budgetBytes(): number {
    return this.#budgetBytes;
  }

  /** What no longer fits goes at once, the longest unused first. */
  setBudget(bytes: number): void {
    this.#budgetBytes = bytes;
    this.#trim(null);
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get size(): number {
    return this.#held.size;
  }

  has(key: string): boolean {
    return this.#held.has(key);
  }

  /** Without counting as a use. */
  peek(key: string): Value | undefined {
    return this.#held.get(key)?.value;
  }

  get(key: string): Value | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held.value;
  }

  /** The value itself is never pushed out by its own arrival, even when it is larger than the budget. */
  set(key: string, value: Value, bytes: number): void {
    this.delete(key);
    this.#held.set(key, { value, bytes });
    this.#usedBytes += bytes;
    this.#trim(key);
  }

  delete(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#usedBytes -= held.bytes;
    this.#onGone(key, held.value);
  }

  #trim(spared: string | null): void {
    for (const oldest of [...this.#held.keys()]) {
      if (this.#usedBytes <= this.#budgetBytes || oldest === spared) break;
      this.delete(oldest);
    }
  }

  clear(): void {
    for (const key of [...this.#held.keys()]) this.delete(key);
  }
}
