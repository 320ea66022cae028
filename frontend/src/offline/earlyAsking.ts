/// <reference lib="webworker" />
import { digestAddress } from "../protocol/digest";

/**
 * What the page of a study asks for first, asked for while the page is still being started: over a mobile network that
 * is a sixth of a second that would pass with nothing under way. The answer stays in memory, for the one page that
 * comes for it within seconds; no cache ever sees it (promise P16).
 */
const WAITS_MS = 10_000;
const STUDY = /^\/study\/([0-9.]{1,64})\/?$/; // as the app's router has it

export class EarlyAsking {
  private asked: { address: string; answer: Promise<Response | null> } | null = null;

  constructor(private readonly ask: (address: string) => Promise<Response>) {}

  /** A page of this address is being opened. Resolves when nothing is left to be waited for. */
  open(path: string): Promise<unknown> {
    const uid = STUDY.exec(path)?.[1];
    if (uid === undefined) return Promise.resolve();
    const mine = { address: digestAddress(uid), answer: this.ask(digestAddress(uid)).catch(() => null) };
    this.asked = mine;
    setTimeout(() => {
      if (this.asked === mine) this.asked = null;
    }, WAITS_MS);
    return mine.answer;
  }

  /** The answer to this question, once; null where nobody asked; null in it where nothing came. */
  take(address: string): Promise<Response | null> | null {
    if (this.asked?.address !== address) return null;
    const { answer } = this.asked;
    this.asked = null;
    return answer;
  }
}
