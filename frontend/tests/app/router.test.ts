import { describe, expect, it } from "vitest";
import { parseRoute } from "../../src/app/router";

describe("an address", () => {
  it.each([
    ["/", "home"],
    ["/studies", "studies"],
    ["/studies/", "studies"],
    ["/upload?x=1", "upload"],
    ["/my-images", "my-images"],
    ["/account", "account"],
    ["/setup", "setup"],
    ["/nowhere", "unknown"],
    ["/study/", "unknown"],
    ["/study/../admin", "unknown"],
    ["/study/1.2.x", "unknown"],
    ["/study/1.2/exports", "unknown"],
    ["/study/1.x/export", "unknown"],
    [`/study/${"1".repeat(65)}`, "unknown"],
  ])("%s is %s", (address, name) => {
    expect(parseRoute(address).name).toBe(name);
  });

  it("of a study holds its UID", () => {
    expect(parseRoute("/study/1.2.840.1")).toEqual({ name: "study", uid: "1.2.840.1" });
    expect(parseRoute("/study/1.2.840.1/export")).toEqual({ name: "export", uid: "1.2.840.1" });
  });

  it.each([
    ["/signin", null],
    ["/signin?then=%2Fstudy%2F1.2", "/study/1.2"],
    ["/signin?then=https%3A%2F%2Fevil.example", null],
    ["/signin?then=%2F%2Fevil.example", null],
    ["/signin?then=%2F%5Cevil.example", null],
    ["/signin?then=javascript%3Aalert(1)", null],
  ])("%s leads on to %s and to no other place", (address, then) => {
    expect(parseRoute(address)).toEqual({ name: "sign-in", then });
  });
});
