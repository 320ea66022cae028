import { type Answer, type Failure, waitOrOnline } from "../../../protocol/index";
import { type Upload, askUpload, beginUpload, sendPiece } from "../../../protocol/later";
import type { PieceSize } from "./pieces";
import { type Item, withWord } from "./item";

/** What carrying needs of the server: a seam for tests, which script one. */
export interface Line {
  begin: typeof beginUpload;
  send: typeof sendPiece;
  ask: typeof askUpload;
  /** Wait before trying again; over at once when the network is back. */
  pause: (ms: number, stop: AbortSignal) => Promise<unknown>;
}

export const LINE: Line = { begin: beginUpload, send: sendPiece, ask: askUpload, pause: waitOrOnline };

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 20_000;
const ASK_EVERY_MS = 1_000;

export interface Job {
  file: Blob | null;
  /** One that was begun before and goes on. */
  upload: Upload | null;
  /** Told the upload once there is one: it can be read on, or given up. */
  begun: (upload: Upload) => void;
  item: () => Item;
  tell: (item: Item) => void;
  sizes: PieceSize;
  stop: AbortSignal;
  line: Line;
}

/** Carry one file through to its verdicts. Whatever fails in passing is tried again; what is refused is told. */
export async function carry(job: Job): Promise<void> {
  const begun = job.upload ?? (await holdOn(job, () => job.line.begin(job.item().name, job.item().sizeBytes)));
  if (begun) job.begun(begun);
  const received = begun && (await sendAll(job, begun));
  if (received) await followReading(job, received);
}

async function sendAll(job: Job, begun: Upload): Promise<Upload | null> {
  let upload: Upload | null = begun;
  job.tell(withWord(job.item(), begun, 0));
  while (upload?.state === "receiving") {
    if (!job.file) {
      job.tell({ ...job.item(), phase: "unfinished" });
      return null;
    }
    upload = await sendNext(job, job.file, upload);
  }
  return upload;
}

async function sendNext(job: Job, file: Blob, upload: Upload): Promise<Upload | null> {
  let stands = upload;
  let isSure = true;
  const next = await holdOn(job, async () => {
    // After a piece without an answer only the server knows whether it has it.
    const asked = isSure ? null : await job.line.ask(stands.id, 0);
    if (asked && (!asked.ok || asked.value.state !== "receiving")) return asked;
    if (asked?.ok) stands = asked.value;
    const piece = file.slice(stands.receivedBytes, stands.receivedBytes + job.sizes.next(stands.chunkBytes));
    const from = performance.now();
    const answer = await job.line.send(stands, piece, job.stop);
    if (answer.ok) job.sizes.went(piece.size, performance.now() - from);
    else job.sizes.failed();
    isSure = answer.ok;
    return answer;
  });
  if (next) job.tell(withWord(job.item(), next, 0));
  return next;
}

/** Ask how the reading goes until it has ended and all its verdicts are here. */
async function followReading(job: Job, received: Upload): Promise<void> {
  let told = received.verdicts.length;
  for (let upload = received; isUnread(upload, told) && !job.stop.aborted; ) {
    if (upload.state === "reading") await job.line.pause(ASK_EVERY_MS, job.stop);
    const next = await holdOn(job, askFrom(job, upload.id, told));
    if (!next) return;
    if (next.verdictCount < told) {
      told = 0; // the reading began anew
    } else {
      job.tell(withWord(job.item(), next, told));
      told += next.verdicts.length;
    }
    upload = next;
  }
}

const askFrom = (job: Job, id: string, told: number) => (): Promise<Answer<Upload>> => job.line.ask(id, told);

const isUnread = (upload: Upload, told: number): boolean => upload.state === "reading" || told < upload.verdictCount;

/** Ask until there is an answer, saying meanwhile that it pauses. Null: refused and told, or stopped. */
async function holdOn<T>(job: Job, ask: () => Promise<Answer<T>>): Promise<T | null> {
  const isStopped = (): boolean => job.stop.aborted;
  for (let pauseMs = FIRST_PAUSE_MS; !isStopped(); pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    const answer = await ask();
    if (answer.ok) return answer.value;
    if (isStopped()) return null;
    if (!passes(answer.failure)) {
      job.tell({ ...job.item(), phase: "failed", problem: wordsOf(answer.failure) });
      return null;
    }
    job.tell({ ...job.item(), phase: "paused" });
    await job.line.pause(pauseMs, job.stop);
  }
  return null;
}

const passes = (failure: Failure): boolean => failure.kind === "offline" || failure.kind === "busy" || (failure.kind === "server" && failure.status !== 500);

const wordsOf = (failure: Failure): string => (failure.kind === "refused" ? failure.message : "");
