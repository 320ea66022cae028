import { describe, expect, it } from "vitest";
import { fetchAtOnce } from "../../src/offline/shellAtOnce";

const files = [
  { url: "assets/a-1.js", revision: null },
  { url: "index.html", revision: "7" },
  { url: "assets/b-2.css", revision: null },
];

describe("the shell at once", () => {
  it("asks for all that never changes before any has come, and for nothing else", async () => {
    const asked: string[] = [];
    const answers: ((answer: Response) => void)[] = [];
    const done = fetchAtOnce(files, (address) => {
      asked.push(address);
      return new Promise((resolve) => answers.push(resolve));
    });
    expect(asked).toEqual(["assets/a-1.js", "assets/b-2.css"]);
    for (const answer of answers) answer(new Response("x"));
    await done;
  });

  it("leaves what fails to who asks again", async () => {
    await expect(fetchAtOnce(files, () => Promise.reject(new TypeError("offline")))).resolves.toBeUndefined();
  });
});
