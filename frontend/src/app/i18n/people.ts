import people from "./people.en.json";
import { translator } from "./translate";

export type Key = keyof typeof people;

/** The words of accounts: who can sign in, and as what. */
export const t = translator<Key>(people);
