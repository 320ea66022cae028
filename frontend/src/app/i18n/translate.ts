/** What a catalogue holds: a sentence, or the forms of one by the plural categories of its language. */
export type Entry = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Values = Readonly<Record<string, string | number>>;

/** The language of the catalogues. */
const LANGUAGE = "en";

/** How numbers and dates are written: the catalogue's language, in the person's own region where they have one. */
export const locale: string = navigator.languages.find((tag) => tag.split("-")[0] === LANGUAGE) ?? "en-GB";

const plural = new Intl.PluralRules(LANGUAGE);
const numbers = new Intl.NumberFormat(locale);

/**
 * `t` over one catalogue. `t("list.count", { count: 3 })` takes the entry's form for the plural of `count` and puts
 * the values where the sentence names them in braces; numbers are written as the region writes them.
 */
export function translator<Key extends string>(catalogue: Readonly<Record<Key, Entry>>) {
  return (key: Key, values: Values = {}): string => fill(formOf(catalogue[key], values), values);
}

function formOf(entry: Entry, values: Values): string {
  if (typeof entry === "string") return entry;
  const count = values["count"];
  const form = typeof count === "number" ? plural.select(count) : "other";
  return entry[form] ?? entry.other ?? "";
}

function fill(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}
