import { signal } from "@preact/signals";

/** Whether this window was one to send studies in: who leaves it is told so. */
export const hasSent = signal(false);
