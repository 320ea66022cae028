/**
 * What is asked for now, by purpose: what is on screen before what is near in the direction of travel, and that before
 * the rest. A new list of wants replaces the old one; what is under way and no longer wanted is cancelled.
 */

export const PURPOSES = ["visible", "near", "prefetch"] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface Want<Job> {
  readonly key: string;
  readonly purpose: Purpose;
  readonly job: Job;
}

export interface QueueLimits {
  /** All at once: browsers open six connections to a host over HTTP/1.1. */
  readonly together: number;
  /** Of these, for anything but what is on screen, so that a connection is free when the picture changes. */
  readonly behind: number;
}

interface Running {
  readonly stop: AbortController;
  purpose: Purpose;
}

interface Failed {
  attempts: number;
  notBeforeMs: number;
}

export interface QueueParts<Job, Result> {
  readonly run: (job: Job, signal: AbortSignal) => Promise<Result>;
  readonly onResult: (job: Job, result: Result, key: string) => void;
  /** Told of every failure. Answers whether it is worth trying again, and after how long at least (null: the queue's own pace). */
  readonly onFailure: (job: Job, error: unknown, attempts: number) => { again: boolean; afterMs: number | null };
  readonly now: () => number;
  readonly later: (action: () => void, ms: number) => () => void;
  readonly whenIdle: (action: () => void) => () => void;
}

const FIRST_PAUSE_MS = 800;
const LONGEST_PAUSE_MS = 15_000;
/** Who stands sees what came, and what is printed with it, before anything else begins. */
const SEEN_WITHIN_MS = 150;

export class RequestQueue<Job, Result> {
  #parts: QueueParts<Job, Result>;
  #limits: QueueLimits;
  #wants: readonly Want<Job>[] = [];
  #isVisibleAlone = false;
  #running = new Map<string, Running>();
  #failed = new Map<string, Failed>();
  #cancelTimer: () => void = () => undefined;
  #next: { readonly purpose: Purpose; readonly callOff: () => void } | null = null;
  #lastStarted: Purpose | null = null;
  #closed = false;

  constructor(parts: QueueParts<Job, Result>, limits: QueueLimits = { together: 6, behind: 4 }) {
    this.#parts = parts;
    this.#limits = limits;
  }

  get runningKeys(): string[] {
    return [...this.#running.keys()];
  }

  /** Whether nothing runs, and nothing waits but for a new try. */
  get isIdle(): boolean {
    return this.#running.size === 0 && this.#wants.every(({ key }) => this.#waitOf(key) > 0);
  }

  isRunning(key: string): boolean {
    return this.#running.has(key);
  }

  /**
   * Wants in order of importance within a purpose. `isVisibleAlone`: nothing else begins while something that is on
   * screen is under way, for on a thin line all that runs together comes late together.
   */
  want(wants: readonly Want<Job>[], isVisibleAlone = false): void {
    this.#wants = byPurpose(wants);
    this.#isVisibleAlone = isVisibleAlone;
    const purposes = new Map(wants.map((want) => [want.key, want.purpose]));
    for (const [key, running] of this.#running) {
      const purpose = purposes.get(key);
      if (purpose === undefined) this.#stop(key, running);
      else running.purpose = purpose;
    }
    this.#pump();
  }

  /** Forget past failures and try at once. */
  retry(): void {
    this.#failed.clear();
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.#callOffNext();
    for (const [key, running] of this.#running) this.#stop(key, running);
  }

  #stop(key: string, running: Running): void {
    this.#running.delete(key);
    running.stop.abort();
  }

  /** What is on screen begins at once; the rest one by one, each in a task of its own, that a hand may come between. */
  #pump(mayStartOne = false): void {
    if (this.#closed) return;
    this.#cancelTimer();
    let mayStart = mayStartOne;
    for (const want of this.#wants) {
      if (this.#running.has(want.key) || this.#waitOf(want.key) > 0) continue;
      if (!this.#hasRoomFor(want.purpose)) break;
      if (want.purpose !== "visible" && !mayStart) {
        this.#startNext(want.purpose);
        break;
      }
      this.#start(want);
      mayStart &&= want.purpose === "visible";
    }
    this.#wakeForFailed();
  }

  #wakeForFailed(): void {
    const waits = this.#wants.map(({ key }) => this.#waitOf(key)).filter((waitMs) => waitMs > 0 && waitMs < Infinity);
    if (waits.length === 0) return;
    this.#cancelTimer = this.#parts.later(() => {
      this.#pump();
    }, Math.min(...waits));
  }

  /** What is near may be looked at in a moment; the rest can wait for a moment in which nothing is done. */
  #startNext(purpose: Purpose): void {
    if (this.#next?.purpose === purpose) return;
    this.#callOffNext();
    const start = (): void => {
      this.#next = null;
      this.#pump(true);
    };
    const pauseMs = this.#isVisibleAlone && this.#lastStarted === "visible" ? SEEN_WITHIN_MS : 0;
    const callOff = purpose === "near" ? this.#parts.later(start, pauseMs) : this.#parts.whenIdle(start);
    this.#next = { purpose, callOff };
  }

  #callOffNext(): void {
    this.#next?.callOff();
    this.#next = null;
  }

  #hasRoomFor(purpose: Purpose): boolean {
    if (this.#running.size >= this.#limits.together) return false;
    if (purpose === "visible") return true;
    const behind = [...this.#running.values()].filter((one) => one.purpose !== "visible").length;
    if (this.#isVisibleAlone && behind < this.#running.size) return false;
    return behind < this.#limits.behind;
  }

  #waitOf(key: string): number {
    const failed = this.#failed.get(key);
    return failed === undefined ? 0 : failed.notBeforeMs - this.#parts.now();
  }

  #start(want: Want<Job>): void {
    const running: Running = { stop: new AbortController(), purpose: want.purpose };
    this.#running.set(want.key, running);
    this.#lastStarted = want.purpose;
    this.#parts
      .run(want.job, running.stop.signal)
      .then(
        (result) => {
          this.#failed.delete(want.key);
          if (this.#finish(want.key, running)) this.#parts.onResult(want.job, result, want.key);
        },
        (error: unknown) => {
          if (this.#finish(want.key, running)) this.#onFailure(want, error);
        },
      )
      .finally(() => {
        this.#pump();
      });
  }

  /** Whether the request was still wanted. */
  #finish(key: string, running: Running): boolean {
    if (this.#running.get(key) !== running) return false;
    this.#running.delete(key);
    // It has been answered; only the next list of wants may ask for it again.
    this.#wants = this.#wants.filter((want) => want.key !== key);
    return true;
  }

  #onFailure(want: Want<Job>, error: unknown): void {
    const attempts = (this.#failed.get(want.key)?.attempts ?? 0) + 1;
    const { again, afterMs } = this.#parts.onFailure(want.job, error, attempts);
    const pauseMs = afterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
    this.#failed.set(want.key, {
      attempts,
      notBeforeMs: again ? this.#parts.now() + pauseMs : Infinity,
    });
    if (again) this.#wants = byPurpose([...this.#wants, want]);
  }
}

function byPurpose<Job>(wants: readonly Want<Job>[]): Want<Job>[] {
  return PURPOSES.flatMap((purpose) => wants.filter((want) => want.purpose === purpose));
}
