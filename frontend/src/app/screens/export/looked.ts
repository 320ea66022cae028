import type { ExportEdit, Look } from "../../../protocol/later";
import { type Marks, NO_MARKS, editsOf } from "./regions";

/** What a person looked at, by the UIDs of the images, and what they drew on them. */
export interface LookedAt {
  seen: ReadonlySet<string>;
  marks: Marks;
}

export const NOTHING_LOOKED_AT: LookedAt = { seen: new Set(), marks: NO_MARKS };

/** Whether all images of the series were looked at. */
export const isSeen = (look: Look, { seen }: LookedAt): boolean => look.images.every((image) => seen.has(image.uid));

export const withSeen = (look: Look, before: LookedAt): LookedAt => ({ ...before, seen: new Set([...before.seen, ...look.images.map((image) => image.uid)]) });

/** As the server is told it. */
export const asTold = ({ seen, marks }: LookedAt): { seen: string[]; edits: ExportEdit[] } => ({ seen: [...seen], edits: editsOf(marks) });
