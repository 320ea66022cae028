import share from "./share.en.json";
import { translator } from "./translate";

export type Key = keyof typeof share;

/** The words of sharing: of who makes links, and of who comes by one. */
export const t = translator<Key>(share);
