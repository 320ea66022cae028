import words from "./export.en.json";
import { translator } from "./translate";

export type Key = keyof typeof words;

/** The words of exporting: of what goes, and of what is looked at and blacked out first. */
export const t = translator<Key>(words);
