import { batch, computed, signal } from "@preact/signals";
import { type Failure, type StudyQuery, type StudyRow, followWorklist, loadStudies } from "../../protocol/index";
import { calendarDay } from "../words/dates";
import { forgetOnLeaving, learnSession } from "./session";
import { withArrivals, withChanges, withPage } from "./studyRows";

export type When = { kind: "any" } | { kind: "days"; days: 1 | 7 | 30 } | { kind: "range"; from: string; to: string };

export interface Filters {
  search: string;
  modalities: readonly string[];
  when: When;
}

const NO_FILTERS: Filters = { search: "", modalities: [], when: { kind: "any" } };
const PAGE_ROWS = 50;
const TYPING_PAUSE_MS = 180;
/** How many UIDs go into one question after changed rows. */
const MOST_ASKED = 50;

/** The list lives outside its screen: whoever comes back from a study finds it as it was. */
export const filters = signal<Filters>(NO_FILTERS);
export const rows = signal<readonly StudyRow[] | null>(null);
export const total = signal<number | null>(null);
export const failure = signal<Failure | null>(null);
/** Another set of rows is wanted, from the first letter on; the ones before stay until it is here. */
export const isAsking = signal(false);
export const isAskingMore = signal(false);
/** Came while somebody was reading further down: shown when they say so. */
export const waiting = signal<readonly StudyRow[]>([]);
/** What slid in last, for the motion. */
export const fresh = signal<ReadonlySet<string>>(new Set());
/** Where the window stood when the list was left. */
export const scrolledTo = { y: 0 };

const next = signal<string | null>(null);
export const hasMore = computed(() => next.value !== null);
export const isFiltered = computed(() => {
  const { search, modalities, when } = filters.value;
  return search.trim() !== "" || modalities.length > 0 || when.kind !== "any";
});

let arrival = 0;
let cameAt = -Infinity;
/** So young a list is not asked for anew by a screen that opens. */
const RECENT_MS = 5_000;
export const isRecent = (): boolean => performance.now() - cameAt < RECENT_MS;
let asked = new AbortController();
let typing: ReturnType<typeof setTimeout> | undefined;

export function toQuery({ search, modalities, when }: Filters, now = new Date()): StudyQuery {
  return {
    ...(search.trim() !== "" && { search: search.trim() }),
    ...(modalities.length > 0 && { modalities }),
    ...(when.kind === "days" && { from: calendarDay(1 - when.days, now) }),
    ...(when.kind === "range" && when.from !== "" && { from: when.from }),
    ...(when.kind === "range" && when.to !== "" && { to: when.to }),
  };
}

/** Filter otherwise. Typing is waited for; a question that is no longer asked is called back. */
export function filterBy(change: Partial<Filters>): void {
  filters.value = { ...filters.value, ...change };
  isAsking.value = true;
  clearTimeout(typing);
  typing = setTimeout(() => void refresh(), change.search === undefined ? 0 : TYPING_PAUSE_MS);
}

export const clearFilters = (): void => filterBy(NO_FILTERS);

/** Ask for the first page anew. */
export async function refresh(): Promise<void> {
  asked.abort();
  const mine = (asked = new AbortController());
  isAsking.value = true;
  const answer = await loadStudies({ ...toQuery(filters.value), limit: PAGE_ROWS }, mine.signal);
  if (mine.signal.aborted) return;
  isAsking.value = false;
  isAskingMore.value = false;
  if (!answer.ok) {
    failure.value = answer.failure;
    return;
  }
  cameAt = performance.now();
  arrival = Math.max(arrival, answer.value.arrival); // before the rows: the socket opens when they are there
  batch(() => {
    failure.value = null;
    rows.value = answer.value.studies;
    next.value = answer.value.next;
    total.value = answer.value.total;
    waiting.value = [];
    fresh.value = new Set();
  });
}

/** The next page, when the end of the list comes near. */
export async function loadMore(): Promise<void> {
  const cursor = next.value;
  if (cursor === null || isAskingMore.value || isAsking.value) return;
  isAskingMore.value = true;
  const { signal: stop } = asked;
  const answer = await loadStudies({ ...toQuery(filters.value), limit: PAGE_ROWS, cursor }, stop);
  if (stop.aborted) return;
  isAskingMore.value = false;
  failure.value = answer.ok ? null : answer.failure;
  if (!answer.ok) return;
  rows.value = withPage(rows.value ?? [], answer.value.studies);
  next.value = answer.value.next;
}

/** Follow what arrives, for as long as `stop` is not called. */
export function followArrivals(isAtTop: () => boolean): () => void {
  const ending = new AbortController();
  followWorklist(
    {
      cursor: () => arrival,
      onLink: (isUp) => {
        if (isUp && failure.value) void refresh(); // the network is back: so is the list
      },
      onMessage: (message) => {
        if (message.type === "signed_out") {
          void learnSession();
          return;
        }
        arrival = message.cursor;
        void takeIn(message.studies, isAtTop);
      },
    },
    ending.signal,
  );
  return () => ending.abort();
}

/** Ask for the rows that changed, under the filters that hold; a study that does not match is not among the answers. */
async function takeIn(uids: readonly string[], isAtTop: () => boolean): Promise<void> {
  const { signal: stop } = asked;
  for (let from = 0; from < uids.length; from += MOST_ASKED) {
    const some = uids.slice(from, from + MOST_ASKED);
    const answer = await loadStudies({ ...toQuery(filters.value), uids: some, limit: MOST_ASKED }, stop);
    if (!answer.ok || stop.aborted) continue;
    const found = new Set(answer.value.studies.map((row) => row.uid));
    drop(new Set(some.filter((uid) => !found.has(uid)))); // deleted, or of these filters no more
    merge(answer.value.studies, isAtTop());
  }
}

function merge(changed: readonly StudyRow[], isAtTop: boolean): void {
  const merged = withChanges(rows.value ?? [], changed);
  rows.value = merged.rows;
  if (merged.arrived.length === 0) return;
  const known = withChanges(waiting.value, merged.arrived);
  waiting.value = [...known.rows, ...known.arrived];
  if (total.value !== null) total.value += known.arrived.length;
  if (isAtTop) showWaiting();
}

/** A study is gone: its row goes at once. */
export function takeAway(uid: string): void {
  drop(new Set([uid]));
}

function drop(gone: ReadonlySet<string>): void {
  const [before, waited] = [rows.value ?? [], waiting.value];
  const stay = (row: StudyRow): boolean => !gone.has(row.uid);
  const left = before.filter(stay);
  const waits = waited.filter(stay);
  const count = before.length - left.length + waited.length - waits.length;
  if (count === 0) return;
  rows.value = left;
  waiting.value = waits;
  if (total.value !== null) total.value -= count;
}

/** Let in what waited. */
export function showWaiting(): void {
  fresh.value = new Set(waiting.value.map((row) => row.uid));
  rows.value = withArrivals(rows.value ?? [], waiting.value, hasMore.value);
  waiting.value = [];
}

forgetOnLeaving(() => {
  asked.abort();
  clearTimeout(typing);
  filters.value = NO_FILTERS;
  rows.value = null;
  next.value = null;
  total.value = null;
  failure.value = null;
  waiting.value = [];
  isAsking.value = false;
  isAskingMore.value = false;
  scrolledTo.y = 0;
  arrival = 0;
  cameAt = -Infinity;
});
