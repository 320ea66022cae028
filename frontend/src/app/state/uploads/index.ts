import { computed, signal } from "@preact/signals";
import { type Upload, giveUp, listUploads, readOn } from "../../../protocol/later";
import { noteSomebody } from "../idle";
import { forgetOnLeaving } from "../session";
import { LINE, carry } from "./carry";
import { type Item, isSettled, newItem, sumOf, withWord } from "./item";
import { PieceSize } from "./pieces";

export type { Item } from "./item";

const MOST_AT_ONCE = 3;

/** The files of this visit, in the order they were chosen. They go on whatever screen is shown. */
export const items = signal<readonly Item[]>([]);
export const sum = computed(() => sumOf(items.value));
export const arrivedStudies = computed(() => [...new Set(items.value.flatMap((item) => item.studies))]);
export const isUnderWay = computed(() => items.value.some((item) => !isSettled(item)));

interface Kept {
  file: File | null;
  upload: Upload | null;
}

const kept = new Map<number, Kept>();
const sizes = new PieceSize();
let stopping = new AbortController();
let running = 0;

function tell(next: Item): void {
  const before = items.value.find(({ key }) => key === next.key);
  items.value = items.value.map((item) => (item.key === next.key ? next : item));
  noteSomebody(); // who sends a thousand films goes for a coffee: what they began goes on
  const upload = kept.get(next.key);
  if (upload && before?.phase !== "done" && next.phase === "done") kept.set(next.key, { ...upload, file: null });
}

const itemAt = (key: number): Item | undefined => items.value.find((item) => item.key === key);

/** Files somebody chose: each goes on where it stopped, where the server has the beginning of the very same. */
export async function addFiles(files: readonly { name: string; file: File }[]): Promise<void> {
  for (const { name, file } of files) {
    const found = await unfinishedLike(name, file);
    const item = found ?? newItem(name, file.size);
    kept.set(item.key, { file, upload: kept.get(item.key)?.upload ?? null });
    if (found) tell({ ...found, phase: "waiting", problem: "" });
    else items.value = [...items.value, item];
    startMore();
  }
}

async function unfinishedLike(name: string, file: File): Promise<Item | null> {
  for (const item of items.value) {
    const upload = kept.get(item.key)?.upload;
    if (item.phase === "unfinished" && upload && item.name === name && item.sizeBytes === file.size && (await isSameFile(upload, file))) return item;
  }
  return null;
}

/** Names prove nothing: the beginnings must be the same. */
async function isSameFile({ head }: Upload, file: File): Promise<boolean> {
  if (head === null) return true;
  if (!window.isSecureContext) return false;
  const digest = await crypto.subtle.digest("SHA-256", await file.slice(0, head.bytes).arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex === head.sha256;
}

function startMore(): void {
  for (const item of items.value) {
    if (running >= MOST_AT_ONCE) return;
    if (item.phase === "waiting") start(item);
  }
}

function start(item: Item): void {
  const { file = null, upload = null } = kept.get(item.key) ?? {};
  running += 1;
  tell({ ...item, phase: "sending" });
  const mine = stopping;
  const begun = (started: Upload): void => void kept.set(item.key, { file, upload: started });
  const job = { file, upload, begun, item: () => itemAt(item.key) ?? item, tell, sizes, stop: mine.signal, line: LINE };
  void carry(job)
    .catch(() => tell({ ...job.item(), phase: "failed" })) // a file that was moved or deleted meanwhile
    .finally(() => {
      if (mine !== stopping) return;
      running -= 1;
      startMore();
    });
}

/** What the server has of before this page was loaded. */
export async function recall(): Promise<void> {
  const answer = await listUploads();
  if (!answer.ok) return;
  const known = new Set([...kept.values()].flatMap(({ upload }) => (upload ? [upload.id] : [])));
  // Those of this visit are on their way already; which is which only their order would say.
  if (items.value.length > 0) return;
  for (const upload of answer.value.filter(({ id }) => !known.has(id))) {
    const item = withWord(newItem(upload.name, upload.sizeBytes), upload, 0);
    kept.set(item.key, { file: null, upload });
    items.value = [...items.value, upload.state === "receiving" ? { ...item, phase: "unfinished" } : item];
    if (upload.state === "reading") start(item);
  }
}

/** Once more, after the server stopped or a file was refused. */
export async function tryAgain(item: Item): Promise<void> {
  const upload = kept.get(item.key)?.upload;
  if (item.phase === "stopped" && upload) {
    const answer = await readOn(upload.id);
    if (!answer.ok) return;
    kept.set(item.key, { file: null, upload: answer.value });
  } else {
    kept.set(item.key, { file: kept.get(item.key)?.file ?? null, upload: null });
  }
  tell({ ...item, phase: "waiting", problem: "" });
  startMore();
}

/** Take one off the list; the server forgets what it has of it. */
export function drop(item: Item): void {
  const upload = kept.get(item.key)?.upload;
  items.value = items.value.filter(({ key }) => key !== item.key);
  kept.delete(item.key);
  if (upload) void giveUp(upload.id);
}

/** Take off the list what is done. */
export function clearDone(): void {
  items.value = items.value.filter((item) => item.phase !== "done");
}

// A page that is left while files are on their way asks first.
addEventListener("beforeunload", (event) => {
  if (isUnderWay.value) event.preventDefault();
});

forgetOnLeaving(() => {
  stopping.abort();
  stopping = new AbortController();
  running = 0;
  items.value = [];
  kept.clear();
});
