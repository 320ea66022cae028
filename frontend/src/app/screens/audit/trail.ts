import { signal } from "@preact/signals";
import { type AuditEvent, type AuditQuery, type Failure, loadAudit } from "../../../protocol/index";
import { forgetOnLeaving } from "../../state/session";

export const query = signal<AuditQuery>({});
/** null before the first answer. */
export const events = signal<readonly AuditEvent[] | null>(null);
export const next = signal<string | null>(null);
export const actions = signal<readonly string[]>([]);
export const failure = signal<Failure | null>(null);

let asking = new AbortController();

forgetOnLeaving(() => {
  asking.abort();
  events.value = next.value = failure.value = null;
  query.value = {};
});

/** Show what fits these filters, the newest first. */
export async function narrow(to: AuditQuery): Promise<void> {
  query.value = to;
  events.value = null;
  await load();
}

/** The events behind those that are shown. */
export const loadOlder = (): Promise<void> => load(next.value ?? undefined);

async function load(cursor?: string): Promise<void> {
  asking.abort();
  const mine = (asking = new AbortController());
  const answer = await loadAudit(cursor === undefined ? query.value : { ...query.value, cursor }, mine.signal);
  if (mine.signal.aborted) return;
  failure.value = answer.ok ? null : answer.failure;
  if (!answer.ok) return;
  events.value = [...(cursor === undefined ? [] : (events.value ?? [])), ...answer.value.events];
  next.value = answer.value.next;
  actions.value = answer.value.actions;
}
