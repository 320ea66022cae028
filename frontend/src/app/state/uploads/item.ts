import type { Counts, Upload, Verdict } from "../../../protocol/later";

/** How one file stands with us. */
export type Phase =
  | "waiting"
  | "sending"
  /** The line is down or the server busy: it goes on by itself. */
  | "paused"
  /** Begun before this page was loaded: it goes on when its file is chosen again. */
  | "unfinished"
  | "reading"
  | "done"
  /** The server stopped reading and says why: it can be asked to go on. */
  | "stopped"
  /** It was refused, or its file can no longer be read. */
  | "failed";

export interface Item {
  readonly key: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly phase: Phase;
  readonly sentBytes: number;
  readonly counts: Counts;
  /** Of everything that was not simply stored. */
  readonly notable: readonly Verdict[];
  readonly studies: readonly string[];
  readonly problem: string;
}

export const NO_COUNTS: Counts = { stored: 0, duplicate: 0, rejected: 0, skipped: 0 };

let last = 0;

export const newItem = (name: string, sizeBytes: number): Item => ({
  key: ++last,
  name,
  sizeBytes,
  phase: "waiting",
  sentBytes: 0,
  counts: NO_COUNTS,
  notable: [],
  studies: [],
  problem: "",
});

const PHASES = { receiving: "sending", reading: "reading", done: "done", stopped: "stopped" } as const;
const MOST_NOTABLE = 500;

/** The item after the server's word on it. Verdicts come in parts; when a reading began anew they begin anew too. */
export function withWord(item: Item, upload: Upload, askedFrom: number): Item {
  const isAnew = askedFrom === 0;
  const told = upload.verdicts;
  const notable = [...(isAnew ? [] : item.notable), ...told.filter(({ verdict }) => verdict !== "stored")];
  const studies = new Set(item.studies);
  for (const { study, verdict } of told) if (study !== null && verdict !== "rejected") studies.add(study);
  return {
    ...item,
    phase: PHASES[upload.state],
    sentBytes: upload.receivedBytes,
    counts: upload.counts,
    notable: notable.slice(0, MOST_NOTABLE),
    studies: [...studies],
    problem: upload.problem?.message ?? "",
  };
}

export interface Sum {
  files: number;
  settled: number;
  bytes: number;
  sentBytes: number;
  isPaused: boolean;
  counts: Counts;
}

const SETTLED: ReadonlySet<Phase> = new Set(["done", "failed", "stopped", "unfinished"]);
export const isSettled = (item: Item): boolean => SETTLED.has(item.phase);

/** All files as one. */
export function sumOf(items: readonly Item[]): Sum {
  const sum = { files: 0, settled: 0, bytes: 0, sentBytes: 0, isPaused: false, counts: { ...NO_COUNTS } };
  for (const item of items) {
    if (item.phase === "unfinished") continue;
    sum.files += 1;
    sum.settled += isSettled(item) ? 1 : 0;
    sum.bytes += item.sizeBytes;
    sum.sentBytes += isSettled(item) ? item.sizeBytes : item.sentBytes;
    sum.isPaused ||= item.phase === "paused";
    for (const kind of Object.keys(sum.counts) as (keyof Counts)[]) sum.counts[kind] += item.counts[kind];
  }
  return sum;
}
