import type { PersonName } from "../../protocol/index";

/** `Family^Given^Middle^Prefix^Suffix` (PS3.5 6.2.1) as people write it in a list: "Family, Prefix Given Middle Suffix". */
export function listName(group: string): string {
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = group.split("^").map((part) => part.trim());
  const rest = [prefix, given, middle, suffix].filter(Boolean).join(" ");
  return [family, rest].filter(Boolean).join(", ");
}

/** As people are addressed: "Dr. Given Family". */
export function spokenName(group: string): string {
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = group.split("^").map((part) => part.trim());
  return [prefix, given, middle, family, suffix].filter(Boolean).join(" ");
}

/** A group of ideographs or syllables has no comma: family, then given. */
const plainName = (group: string): string =>
  group
    .split("^")
    .map((part) => part.trim())
    .filter(Boolean)
    .join(" ");

/** The name to show large, and the same name in the person's own script beside it; "" where there is none. */
export function shownName(name: PersonName): { main: string; beside: string } {
  const [latin, own] = [listName(name.alphabetic), plainName(name.ideographic)];
  if (latin === "") return { main: own || plainName(name.phonetic), beside: "" };
  return { main: latin, beside: own };
}

/** Both in one line. */
export function fullName(name: PersonName): string {
  const { main, beside } = shownName(name);
  return [main, beside].filter(Boolean).join("  ");
}
