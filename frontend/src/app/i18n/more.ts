import more from "./more.en.json";
import { translator } from "./translate";

export type Key = keyof typeof more;

/** The words of the screens that come after the first: upload, own images, account, set-up. */
export const t = translator<Key>(more);
