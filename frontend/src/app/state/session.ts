import { computed, signal } from "@preact/signals";
import { type Failure, type Guest, type Held, type Person, type Session, leaveStay, loadSession, signOut, whenSignedOut } from "../../protocol/index";
import { navigate } from "../router";

/** What is known of who is using the app. */
export type Knowledge = { kind: "asking" } | { kind: "unknown"; failure: Failure } | { kind: "known"; session: Session };

export const knowledge = signal<Knowledge>({ kind: "asking" });

export const person = computed<Person | null>(() => (knowledge.value.kind === "known" ? knowledge.value.session.user : null));

/** Whoever came by a link: one is a person or a guest. */
export const guest = computed<Guest | null>(() => (knowledge.value.kind === "known" ? knowledge.value.session.guest : null));

/** Somebody who is signed in, but is asked for something first: to every other question they are nobody. */
export const held = computed<Held | null>(() => (knowledge.value.kind === "known" ? knowledge.value.session.held : null));

/** How a guest's stay ended in this window, if it did: by them, or by the link's end. */
export const stayEnd = signal<"left" | "ended" | null>(null);

/** Whether somebody was signed in when the session ended: the sign-in page says so. */
export const wasSignedOut = signal(false);

/** Each forgets what it keeps of the person, the moment they leave. */
const forgetters: (() => void)[] = [];
export function forgetOnLeaving(forget: () => void): void {
  forgetters.push(forget);
}

/** The other windows of the app in this browser: who leaves in one leaves in all. */
const others = new BroadcastChannel("lightbox-session");

/** Ask the server who we are. False when it could not be asked. */
export async function learnSession(): Promise<boolean> {
  const answer = await loadSession();
  const before = knownSession(); // who left while we asked was no one's surprise
  if (answer.ok) {
    if (before !== null) noteChange(before, answer.value);
    knowledge.value = { kind: "known", session: answer.value };
  } else if (knowledge.value.kind !== "known") {
    knowledge.value = { kind: "unknown", failure: answer.failure };
  }
  return answer.ok;
}

const knownSession = (): Session | null => (knowledge.value.kind === "known" ? knowledge.value.session : null);

const isNobody = ({ user, held: asked }: Session): boolean => user === null && asked === null;

function noteChange({ user, guest: stayed }: Session, now: Session): void {
  const hasEnded = stayed !== null && stayed.link !== now.guest?.link;
  if (hasEnded) stayEnd.value = "ended";
  const isGone = user !== null && user.username !== now.user?.username;
  if (isGone && isNobody(now)) wasSignedOut.value = true;
  if (hasEnded || isGone) forget();
}

/** Leave on this device. False when the server could not be told: the session lives on. */
export async function leave(): Promise<boolean> {
  const answer = await signOut();
  if (!answer.ok) return false;
  wasSignedOut.value = false;
  navigate("/signin", { replace: true }); // where this person was is nothing to the next one
  becomeNobody();
  others.postMessage("left");
  return true;
}

/** What a guest may see is closed on this device. False when the server could not be told. */
export async function leaveLink(): Promise<boolean> {
  const answer = await leaveStay();
  if (!answer.ok && answer.failure.kind !== "signed_out") return false;
  stayEnd.value = "left";
  becomeNobody();
  others.postMessage("left");
  return true;
}

function becomeNobody(): void {
  forget();
  if (knowledge.value.kind === "known") knowledge.value = { kind: "known", session: { ...knowledge.value.session, user: null, guest: null, held: null } };
}

/** Hide everything, until the server says that the person is there. */
export function veil(): void {
  const known = knownSession();
  if (!known?.user) return;
  forget();
  knowledge.value = { kind: "known", session: { ...known, user: null, held: { username: known.user.username, reason: "locked", ways: null } } };
}

function forget(): void {
  for (const each of forgetters) each();
}

/** Hear of sessions that end elsewhere: on the server, or in another window. Called once, at the start. */
export function watchSession(): void {
  whenSignedOut(() => {
    if (person.value === null && guest.value === null) return;
    wasSignedOut.value = person.value !== null;
    if (guest.value !== null) stayEnd.value = "ended";
    becomeNobody();
    void learnSession(); // it may only be held: the server says what is asked of its person
  });
  others.addEventListener("message", () => {
    if (person.value !== null || guest.value !== null) becomeNobody();
  });
}
