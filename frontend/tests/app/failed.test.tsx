import { Unplug } from "lucide-preact";
import { render } from "preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Failed, Missing } from "../../src/app/components/Failed";
import type { Failure } from "../../src/protocol/index";

const BROKEN: Failure = { kind: "server", status: 500, requestId: "abc" };

afterEach(() => render(null, document.body));

describe("what could not be had", () => {
  it("says what happened and the request, and tries again when it is told to", () => {
    const onRetry = vi.fn();
    render(<Failed icon={Unplug} failure={BROKEN} onRetry={onRetry} />, document.body);
    expect(document.querySelector("h1")?.textContent).toBe("Something went wrong on the server");
    expect(document.querySelector(".empty-request")?.textContent).toContain("abc");
    document.querySelector("button")?.click();
    expect(onRetry).toHaveBeenCalledOnce();
  });

  it("has the words of the place, and what else can be done there", () => {
    const again = <a href="/">Leave</a>;
    render(<Missing icon={Unplug} title="You are offline" what="What is open stays open." onRetry={() => undefined}>{again}</Missing>, document.body);
    expect(document.querySelector("h1")?.textContent).toBe("You are offline");
    expect(document.querySelector("a")?.textContent).toBe("Leave");
    expect(document.querySelector("p")?.textContent).toBe("What is open stays open.");
  });
});
