import { type Answer, type Digest, fetchDigest } from "../../protocol/index";
import { forgetOnLeaving } from "./session";

/** A study's digest that was asked for while the viewer's code was still on its way. */
let early: { uid: string; answer: Promise<Answer<Digest>> } | null = null;

export function askDigestEarly(uid: string): void {
  early = { uid, answer: fetchDigest(uid) };
}

/** The digest: the one that was asked for early, once, or else asked for now. */
export function openDigest(uid: string, signal?: AbortSignal): Promise<Answer<Digest>> {
  const asked = early?.uid === uid ? early.answer : null;
  early = null;
  return asked ?? fetchDigest(uid, signal);
}

forgetOnLeaving(() => (early = null));
