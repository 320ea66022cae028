import { describe, expect, it } from "vitest";
import { type Purpose, RequestQueue, type Want } from "../../src/engine/tiles/requestQueue";

interface Pending {
  readonly signal: AbortSignal;
  resolve(value: string): void;
  reject(error: unknown): void;
}

function makeQueue(again = true) {
  const started: string[] = [];
  const results: string[] = [];
  const failures: number[] = [];
  const pending = new Map<string, Pending>();
  const timers: { action: () => void; ms: number }[] = [];
  const tasks: { action: () => void; isIdle: boolean }[] = [];
  let nowMs = 0;
  const queue = new RequestQueue<string, string>(
    {
      run: (job, signal) => {
        started.push(job);
        return new Promise((resolve, reject) => {
          pending.set(job, { signal, resolve, reject });
        });
      },
      onResult: (_, result) => results.push(result),
      onFailure: (_, __, attempts) => {
        failures.push(attempts);
        return { again, afterMs: null };
      },
      now: () => nowMs,
      later: (action, ms) => {
        if (ms === 0) return inTask(action, false);
        const timer = { action, ms };
        timers.push(timer);
        return () => timers.splice(timers.indexOf(timer), 1);
      },
      whenIdle: (action) => inTask(action, true),
    },
    { together: 3, behind: 2 },
  );
  function inTask(action: () => void, isIdle: boolean): () => void {
    const task = { action, isIdle };
    tasks.push(task);
    return () => tasks.splice(tasks.indexOf(task), 1);
  }
  const rest = (): void => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task.action();
  };
  const pass = (ms: number): void => {
    nowMs += ms;
    for (const timer of timers.splice(0)) timer.action();
  };
  return { queue, started, results, failures, pending, timers, tasks, rest, pass };
}

const want = (purpose: Purpose, ...jobs: string[]): Want<string>[] => jobs.map((job) => ({ key: job, purpose, job }));
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

describe("the request queue", () => {
  it("asks for what is on screen before the rest, and keeps a connection free for it", () => {
    const { queue, started, rest } = makeQueue();
    queue.want([...want("prefetch", "p1", "p2"), ...want("near", "n1"), ...want("visible", "v1")]);
    rest();
    expect(started).toEqual(["v1", "n1", "p1"]);
    const other = makeQueue();
    other.queue.want(want("prefetch", "p1", "p2", "p3"));
    other.rest();
    expect(other.started).toEqual(["p1", "p2"]);
  });

  it("begins at once what is on screen, and the rest one in a task: what is near soon, what is far in an idle moment", () => {
    const { queue, started, tasks } = makeQueue();
    queue.want([...want("visible", "v1"), ...want("near", "n1"), ...want("prefetch", "p1")]);
    expect([started, tasks.map(({ isIdle }) => isIdle)]).toEqual([["v1"], [false]]);
    tasks.shift()?.action();
    expect([started, tasks.map(({ isIdle }) => isIdle)]).toEqual([["v1", "n1"], [true]]);
    tasks.shift()?.action();
    expect([started, tasks]).toEqual([["v1", "n1", "p1"], []]);
  });

  it("begins nothing for a place that was left meanwhile", () => {
    const { queue, started, rest } = makeQueue();
    queue.want(want("near", "n1"));
    queue.want(want("prefetch", "p1"));
    rest();
    expect(started).toEqual(["p1"]);
    queue.want(want("near", "n2"));
    queue.close();
    rest();
    expect(started).toEqual(["p1"]);
  });

  it("leaves the line to what is on screen where that is asked, and goes on with the rest once it came", async () => {
    const { queue, started, pending, timers, pass, rest } = makeQueue();
    queue.want([...want("near", "n1"), ...want("visible", "v1")], true);
    rest();
    expect(started).toEqual(["v1"]);
    pending.get("v1")?.resolve("here");
    await settle();
    rest();
    expect([started, timers.map(({ ms }) => ms)]).toEqual([["v1"], [150]]); // it is seen first
    pass(150);
    expect(started).toEqual(["v1", "n1"]);
  });

  it("goes on when something came", async () => {
    const { queue, started, pending, results } = makeQueue();
    queue.want(want("visible", "a", "b", "c", "d"));
    pending.get("b")?.resolve("B");
    await settle();
    expect([started, results]).toEqual([["a", "b", "c", "d"], ["B"]]);
  });

  it("cancels what is no longer wanted, and drops its late answer", async () => {
    const { queue, pending, results } = makeQueue();
    queue.want(want("visible", "a", "b"));
    queue.want(want("visible", "b"));
    expect(pending.get("a")?.signal.aborted).toBe(true);
    expect(pending.get("b")?.signal.aborted).toBe(false);
    pending.get("a")?.resolve("A");
    await settle();
    expect(results).toEqual([]);
    expect(queue.runningKeys).toEqual(["b"]);
  });

  it("does not ask twice for what is under way, or has been answered", async () => {
    const { queue, started, pending } = makeQueue();
    queue.want(want("visible", "a"));
    queue.want(want("near", "a"));
    pending.get("a")?.resolve("A");
    await settle();
    expect(started).toEqual(["a"]);
  });

  it("tries again after a pause that grows", async () => {
    const { queue, started, pending, failures, timers, pass } = makeQueue();
    queue.want(want("visible", "a"));
    pending.get("a")?.reject(new Error("cut"));
    await settle();
    expect(started).toEqual(["a"]);
    expect(timers[0]?.ms).toBe(800);
    pass(800);
    pending.get("a")?.reject(new Error("cut"));
    await settle();
    expect(timers[0]?.ms).toBe(1600);
    expect(failures).toEqual([1, 2]);
  });

  it("does not try again what is of no use, until told to", async () => {
    const { queue, started, pending, pass } = makeQueue(false);
    queue.want(want("visible", "a"));
    pending.get("a")?.reject(new Error("cannot be shown"));
    await settle();
    pass(1e9);
    queue.want(want("visible", "a"));
    expect(started).toEqual(["a"]);
    queue.retry();
    expect(started).toEqual(["a", "a"]);
  });

  it("stops all when closed", () => {
    const { queue, pending, started } = makeQueue();
    queue.want(want("visible", "a"));
    queue.close();
    expect(pending.get("a")?.signal.aborted).toBe(true);
    queue.want(want("visible", "b"));
    expect(started).toEqual(["a"]);
  });
});
