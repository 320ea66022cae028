import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EarlyAsking } from "../../src/offline/earlyAsking";

const DIGEST = "/view/studies/1.2.3/digest?opening=1";

describe("what a page asks for first", () => {
  const asked: string[] = [];
  let answer: () => Promise<Response>;
  let early: EarlyAsking;

  beforeEach(() => {
    vi.useFakeTimers();
    asked.length = 0;
    answer = () => Promise.resolve(new Response("told"));
    early = new EarlyAsking((address) => {
      asked.push(address);
      return answer();
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is asked for with the page of a study, and handed out once", async () => {
    void early.open("/study/1.2.3");
    expect(asked).toEqual([DIGEST]);
    expect(await (await early.take(DIGEST))?.text()).toBe("told");
    expect(early.take(DIGEST)).toBeNull();
  });

  it("is not asked for with any other page", async () => {
    for (const path of ["/", "/studies", "/study/", "/study/1.2.3/more", "/study/a", `/study/${"1".repeat(65)}`]) await early.open(path);
    expect(asked).toEqual([]);
  });

  it("is kept for no other question, and not for long", () => {
    void early.open("/study/1.2.3");
    expect(early.take("/view/studies/1.2.4/digest?opening=1")).toBeNull();
    vi.advanceTimersByTime(10_000);
    expect(early.take(DIGEST)).toBeNull();
  });

  it("is the newest page's", async () => {
    void early.open("/study/1.2.4");
    vi.advanceTimersByTime(9_000);
    void early.open("/study/1.2.3");
    vi.advanceTimersByTime(2_000);
    expect(await (await early.take(DIGEST))?.text()).toBe("told");
  });

  it("leaves it to the page where the network failed", async () => {
    answer = () => Promise.reject(new TypeError("offline"));
    void early.open("/study/1.2.3");
    expect(await early.take(DIGEST)).toBeNull();
  });
});
