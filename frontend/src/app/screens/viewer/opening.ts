/** Brings the digest of a study: the one request before the first picture. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { QUICK_PIXELS, decodeSoon, inTask } from "../../../engine/index";
import type { Digest, Failure } from "../../../protocol/index";
import { savesData } from "../../state/dataSaver";
import { openDigest } from "../../state/earlyDigest";
import { askLevelsEarly } from "../../state/earlyLevels";
import { connectEarly } from "../../state/earlySocket";
import { fetchFramesSoon } from "./frames";
import { Room } from "./room";

export type Opening =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly failure: Failure }
  | { readonly kind: "ready"; readonly room: Room };

export interface Opened {
  readonly uid: string;
  readonly state: ReadonlySignal<Opening>;
  readonly retry: () => void;
  readonly close: () => void;
}

export function openStudy(uid: string): Opened {
  const state = signal<Opening>({ kind: "loading" });
  const closing = new AbortController();
  const load = async (): Promise<void> => {
    state.value = { kind: "loading" };
    const answer = await openDigest(uid, closing.signal);
    if (closing.signal.aborted) return;
    if (answer.ok) prepare(answer.value);
    state.value = answer.ok
      ? { kind: "ready", room: new Room(answer.value) }
      : { kind: "failed", failure: answer.failure };
  };
  // After a tunnel it goes on by itself.
  const onOnline = (): void => {
    const { value } = state;
    if (value.kind === "failed" && value.failure.kind === "offline") void load();
  };
  addEventListener("online", onOnline, { signal: closing.signal });
  void load();
  return {
    uid,
    state,
    retry: () => void load(),
    close: () => {
      closing.abort();
    },
  };
}

/** What the exact picture needs comes while the first is drawn; where that has yet to be asked for, the line is its own. */
function prepare(digest: Digest): void {
  const { opening } = digest;
  if (opening !== null) decodeSoon(opening.image);
  // Once the screen is made: to ask for code and to make it ready takes the processor from that.
  inTask(() => {
    connectEarly();
    if (opening === null || savesData.value) return;
    fetchFramesSoon();
    if (isQuick(digest)) askLevelsEarly(opening.instance, opening.frame);
  });
}

/** Whether the stream of what is shown first is small enough to come before anything else is asked for. */
function isQuick({ first, series }: Digest): boolean {
  if (first === null || !("WebGL2RenderingContext" in globalThis)) return false;
  const shown = series[first.series];
  const format = shown?.formats[shown.instances[first.instance]?.format ?? -1];
  return format !== undefined && format.rows * format.columns <= QUICK_PIXELS;
}
