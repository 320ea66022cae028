import { describe, expect, it } from "vitest";
import { translator } from "../../src/app/i18n/translate";
import { calendarDay, dateAndTime, dayAndTime, fullDate, monthOf } from "../../src/app/words/dates";
import { deviceName } from "../../src/app/words/devices";
import { hasPictures, modalityInWords, tellingModalities } from "../../src/app/words/modalities";
import { fullName, listName, shownName, spokenName } from "../../src/app/words/names";
import { passwordRules } from "../../src/app/words/passwords";
import { ageAndSex, ageInWords } from "../../src/app/words/patients";
import { sizeInWords } from "../../src/app/words/sizes";

const now = new Date(2026, 10, 25, 15, 0, 0); // a Wednesday

describe("a day", () => {
  it.each([
    ["2026-11-25", "14:20:00", "today 14:20"],
    ["2026-11-24", "09:05:59", "yesterday 09:05"],
    ["2026-11-23", "11:00:00", "Monday 11:00"],
    ["2026-11-19", null, "Thursday"],
    ["2026-11-18", "11:00:00", /^(18 Nov|Nov 18)$/],
    ["2026-11-26", "11:00:00", /^(26 Nov|Nov 26)$/],
    ["2021-03-12", "11:00:00", /^(12 Mar|Mar 12,) 2021$/],
    [null, null, ""],
    ["not a day", null, ""],
  ])("%s at %s is told as %s", (date, time, words) => {
    if (typeof words === "string") expect(dayAndTime(date, time, now)).toBe(words);
    else expect(dayAndTime(date, time, now)).toMatch(words);
  });

  it("is the calendar's, also across the end of a month and of a year", () => {
    expect(calendarDay(0, now)).toBe("2026-11-25");
    expect(calendarDay(-29, now)).toBe("2026-10-27");
    expect(calendarDay(-1, new Date(2026, 0, 1, 0, 5))).toBe("2025-12-31");
  });

  it("is written with its year where studies are told apart", () => {
    expect(dateAndTime("2026-11-25", "14:20:31")).toMatch(/2026.* 14:20$/);
    expect(dateAndTime("2026-11-25", null)).toMatch(/2026$/);
    expect([dateAndTime(null, null), dateAndTime("soon", null)]).toEqual(["", ""]);
  });

  it("is written in full for patients", () => {
    expect(fullDate("2021-03-12")).toMatch(/March/);
    expect(monthOf("2021-03-12")).toBe("March 2021");
    expect(fullDate(null)).toBe("");
  });
});

describe("a name", () => {
  const name = (alphabetic: string, ideographic = "", phonetic = "") => ({ alphabetic, ideographic, phonetic });

  it("has the family first, and the rest behind a comma", () => {
    expect(listName("Doe^Jane^Mary^Dr.^PhD")).toBe("Doe, Dr. Jane Mary PhD");
    expect(listName("Doe")).toBe("Doe");
    expect(listName("^Jane")).toBe("Jane");
    expect(listName("")).toBe("");
    expect(spokenName("Adler^Ruben^^Dr.")).toBe("Dr. Ruben Adler");
  });

  it("has its own script beside it", () => {
    expect(shownName(name("Yamada^Tarou", "山田^太郎", "やまだ^たろう"))).toEqual({ main: "Yamada, Tarou", beside: "山田 太郎" });
    expect(shownName(name("", "山田^太郎"))).toEqual({ main: "山田 太郎", beside: "" });
    expect(shownName(name("", "", "やまだ^たろう"))).toEqual({ main: "やまだ たろう", beside: "" });
    expect(fullName(name("Yamada^Tarou^^Dr.", "山田^太郎"))).toBe("Yamada, Dr. Tarou  山田 太郎");
    expect(shownName(name(""))).toEqual({ main: "", beside: "" });
  });
});

describe("a patient's age", () => {
  const patient = (age: string, birthDate: string | null = null, sex = "F") => ({ name: { alphabetic: "", ideographic: "", phonetic: "" }, id: "", birthDate, sex, age });

  it("is read from the standard's form", () => {
    expect(ageInWords("034Y")).toBe("34 years");
    expect(ageInWords("001Y")).toBe("1 year");
    expect(ageInWords("005M")).toBe("5 months");
    expect(ageInWords("34")).toBe("");
    expect([ageInWords("000Y"), ageInWords("000M"), ageInWords("000D")]).toEqual(["", "", "0 days"]);
  });

  it("is reckoned from the birthday where the file does not say", () => {
    expect(ageAndSex(patient("", "1990-06-15"), "2026-06-14")).toBe("35 years, female");
    expect(ageAndSex(patient("", "1990-06-15"), "2026-06-15")).toBe("36 years, female");
    expect(ageAndSex(patient("", "2030-01-01", ""), "2026-06-15")).toBe("");
    expect(ageAndSex(patient(""), "2026-06-15")).toBe("female");
    expect(ageAndSex(patient("000Y", "1990-06-15"), "2026-06-15")).toBe("36 years, female");
  });

  it.each([
    ["2026-06-15", "0 days"],
    ["2026-06-14", "1 day"],
    ["2026-05-19", "27 days"],
    ["2026-05-18", "4 weeks"],
    ["2026-03-16", "13 weeks"],
    ["2026-03-15", "3 months"],
    ["2024-06-16", "23 months"],
    ["2024-06-15", "2 years"],
  ])("of a child born on %s is told on 15 June 2026 as %s", (born, words) => {
    expect(ageAndSex(patient("", born, ""), "2026-06-15")).toBe(words);
  });
});

describe("words", () => {
  it("name modalities plainly, and leave out what holds no pictures", () => {
    expect(modalityInWords("CT")).toBe("CT scan");
    expect(modalityInWords("QQ")).toBe("QQ");
    expect(tellingModalities(["CT", "SR", "PR"])).toEqual(["CT"]);
    expect(tellingModalities(["SR"])).toEqual(["SR"]);
    expect([["CT", "SR"], ["SR", "KO"], []].map(hasPictures)).toEqual([true, false, true]);
  });

  it("tell sizes in the unit that fits", () => {
    expect(sizeInWords(0)).toMatch(/^0 ?byte/);
    expect(sizeInWords(1_500_000)).toBe("1.5 MB");
    expect(sizeInWords(2_000_000_000)).toBe("2 GB");
  });

  it("have plurals and values, and keep markup as text", () => {
    const t = translator({ count: { one: "{count} <b>study</b>", other: "{count} studies" }, plain: "Hello {name} {unknown}" });
    expect(t("count", { count: 1 })).toBe("1 <b>study</b>");
    expect(t("count", { count: 1234 })).toMatch(/^1.234 studies$/);
    expect(t("plain", { name: "{count}" })).toBe("Hello {count} {unknown}");
  });

  it("tick password rules off", () => {
    const met = (password: string, username = "alice") => passwordRules(password, username).map(({ isMet }) => isMet);
    expect(met("")).toEqual([false, false, false]);
    expect(met("123456789012")).toEqual([true, false, true]);
    expect(met("Alice is my name")).toEqual([true, true, false]);
    expect(met("correct horse battery")).toEqual([true, true, true]);
  });

  it("name a device by what its browser says of itself", () => {
    expect(deviceName("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1")).toBe("Safari on iPhone");
    expect(deviceName("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0")).toBe("Edge on Windows");
    expect(deviceName("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36")).toBe("Chrome on Android");
    expect(deviceName("curl/8")).toBe("A browser");
  });
});
