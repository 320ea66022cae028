import { describe, expect, it } from "vitest";
import { changeOf, inOrder, isChange } from "../../src/app/screens/roles/changes";
import { readRole } from "../../src/protocol/later";

const shipped = { rights: ["view", "share"], breadth: "institution" };

describe("a change of a role", () => {
  it("says what is taken and what is given", () => {
    expect(changeOf(shipped, { rights: ["delete", "view"], breadth: "institution" })).toEqual({ taken: ["share"], given: ["delete"], isBreadthOther: false });
  });

  it("is none when the same is told in another order", () => {
    expect(isChange(changeOf(shipped, { rights: ["share", "view"], breadth: "institution" }))).toBe(false);
    expect(isChange(changeOf(shipped, { ...shipped, breadth: "named" }))).toBe(true);
  });

  it("names looking first, and what it does not know last", () => {
    expect(inOrder(["fly", "administer", "view", "search"])).toEqual(["search", "view", "administer", "fly"]);
  });
});

it("is read as the server tells it, and not without its limits", () => {
  const told = { role: "patient", people: 2, ...shipped, shipped, least: ["view"], most: ["view", "share"], breadths: ["own"] };
  expect(readRole(told)).toEqual(told);
  expect(() => readRole({ ...told, most: undefined })).toThrow();
});
