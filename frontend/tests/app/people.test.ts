import { describe, expect, it } from "vitest";
import { aboutOf, lastLoginOf } from "../../src/app/screens/people/about";
import { changedIn } from "../../src/app/screens/people/changed";
import { EVERYBODY, calledOf, found, lacksSecondFactor, withAccount } from "../../src/app/screens/people/found";
import { problemOf } from "../../src/app/screens/people/problem";
import type { Failure } from "../../src/protocol/index";
import type { Account } from "../../src/protocol/later";

const account = (username: string, about: Partial<Account> = {}): Account => ({
  username,
  displayName: "",
  role: "clinician",
  isActive: true,
  institution: 0,
  referrer: "",
  ssoName: "",
  hasSecondFactor: true,
  lastLogin: null,
  ties: [],
  ...about,
});
const ZOE = account("zoe", { displayName: "Dr. Zoë Núñez" });
const GIL = account("gil", { role: "referrer", hasSecondFactor: false });
const ADA = account("ada", { role: "administrator", isActive: false, hasSecondFactor: false });
const ALL = [ADA, ZOE, GIL];
const namesOf = (accounts: readonly Account[]): string[] => accounts.map(({ username }) => username);

describe("the list of people", () => {
  it("is by name, the closed accounts last", () => {
    expect(namesOf(found(ALL, EVERYBODY))).toEqual(["zoe", "gil", "ada"]);
    expect(ALL.map(calledOf)).toEqual(["ada", "Dr. Zoë Núñez", "gil"]);
  });

  it.each([
    ["nunez", ["zoe"]],
    ["  ZOE dr ", ["zoe"]],
    ["zoe gil", []],
    ["", ["zoe", "gil", "ada"]],
  ])("has for %j those whose names have every word", (words, names) => {
    expect(namesOf(found(ALL, { ...EVERYBODY, words }))).toEqual(names);
  });

  it("is narrowed to a role, and to closed accounts", () => {
    expect(namesOf(found(ALL, { ...EVERYBODY, role: "referrer" }))).toEqual(["gil"]);
    expect(namesOf(found(ALL, { ...EVERYBODY, onlyClosed: true }))).toEqual(["ada"]);
    expect(namesOf(found(ALL, { words: "zoe", role: "clinician", onlyClosed: true }))).toEqual([]);
  });

  it("takes a changed account in the place of what it was, and a new one", () => {
    expect(namesOf(withAccount(ALL, { ...GIL, displayName: "Gil" })).sort()).toEqual(["ada", "gil", "zoe"]);
    expect(withAccount(ALL, account("new"))).toHaveLength(4);
  });
});

describe("an account", () => {
  it("lacks a second factor where its role asks for one, and somebody signs in to it", () => {
    const bare = { hasSecondFactor: false, lastLogin: new Date() };
    expect([ZOE, { ...GIL, ...bare }, { ...ADA, ...bare }, { ...ZOE, ...bare }].map(lacksSecondFactor)).toEqual([false, false, false, true]);
  });

  it("tells its institution only where there are several", () => {
    const here = { number: 0, name: "Here" };
    expect(aboutOf(ZOE, [here])).toBe("Clinician");
    expect(aboutOf({ ...ZOE, institution: 2 }, [here, { number: 2, name: "There" }])).toBe("Clinician · There");
  });

  it("says that nobody ever signed in to it", () => {
    expect(lastLoginOf(ZOE)).toBe("Never signed in");
    expect(lastLoginOf({ ...ZOE, lastLogin: new Date(2020, 2, 4, 15, 6) })).toMatch(/2020.*15:06/);
  });

  it("is sent only what was changed", () => {
    expect(changedIn(ZOE, ZOE)).toEqual({});
    expect(changedIn(ZOE, { ...ZOE, role: "patient", institution: 2 })).toEqual({ role: "patient", institution: 2 });
  });
});

describe("what the server refuses", () => {
  const FIELDS = { username: "username", display_name: "displayName" } as const;
  const refused = (fields: Record<string, unknown>): Failure => ({ kind: "refused", status: 400, code: "bad_request", message: "No.", fields, requestId: "" });

  it("stands beside the field, in whichever way it is named", () => {
    expect(problemOf(refused({ parameter: "username", reason: "This name is taken." }), FIELDS)).toEqual({ field: "username", words: "This name is taken." });
    expect(problemOf(refused({ display_name: ["Too long."] }), FIELDS)).toEqual({ field: "displayName", words: "Too long." });
  });

  it("stands below the form where it is of no field, or never reached the server", () => {
    expect(problemOf(refused({ parameter: "password", reason: "Too short." }), FIELDS)).toEqual({ field: "", words: "Too short." });
    expect(problemOf({ kind: "offline" }, FIELDS).field).toBe("");
    expect(problemOf({ kind: "offline" }, FIELDS).words).not.toBe("");
  });
});
