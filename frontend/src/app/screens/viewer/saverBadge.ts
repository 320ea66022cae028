import { signal } from "@preact/signals";
import type { VNode } from "preact";

/** What says that data are saved, once its code is here: it comes with what streams frames. */
export const saverBadge = signal<VNode | null>(null);
