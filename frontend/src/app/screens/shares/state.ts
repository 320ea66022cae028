/** The links that the person made, and what they were told of them. */
import { signal } from "@preact/signals";
import type { Failure } from "../../../protocol/index";
import { type Notice, type Share, loadNotices, loadShares, seeNotices } from "../../../protocol/later";
import { forgetOnLeaving, knowledge } from "../../state/session";

export const shares = signal<readonly Share[] | null>(null);
export const notices = signal<readonly Notice[]>([]);
export const failure = signal<Failure | null>(null);

forgetOnLeaving(() => {
  shares.value = null;
  notices.value = [];
});

/** Ask for both; what is new is shown as new this once. */
export async function refreshShares(signal?: AbortSignal): Promise<void> {
  const [links, news] = await Promise.all([loadShares(signal), loadNotices(signal)]);
  if (signal?.aborted) return;
  failure.value = links.ok ? null : links.failure;
  if (links.ok) shares.value = links.value.shares;
  if (!news.ok) return;
  notices.value = news.value.notices;
  const [newest] = news.value.notices;
  if (newest === undefined || news.value.unseen === 0) return;
  const seen = await seeNotices(newest.number);
  if (seen.ok) noteUnseen(seen.value);
}

/** One of them is another now. */
export function replaceShare(share: Share): void {
  shares.value = shares.value?.map((one) => (one.id === share.id ? share : one)) ?? null;
}

function noteUnseen(unseenNotices: number): void {
  const known = knowledge.value;
  if (known.kind !== "known" || known.session.user === null) return;
  knowledge.value = { kind: "known", session: { ...known.session, user: { ...known.session.user, unseenNotices } } };
}
