import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Guest, Role } from "../protocol/index";
import { Later, SlowlyComing, Toasts } from "./components/index";
import { type Route, navigate, route } from "./router";
import { Shell } from "./shell/Shell";
import { NotFound, Offline } from "./screens/offline/index";
import { askDigestEarly } from "./state/earlyDigest";
import { homeOf, mayDelete, mayUpload } from "./state/roles";
import { knowledge, person } from "./state/session";
import { confirming } from "./state/stepUp";
import { refresh } from "./state/worklist";
import { t } from "./i18n/index";

const signIn = () => import("./screens/signin/index").then((room) => room.default);
const studies = () => import("./screens/studies/index").then((room) => room.default);
const viewer = () => import("./screens/viewer/index").then((room) => room.Viewer);
const setup = () => import("./screens/setup/index").then((room) => room.default);
const upload = () => import("./screens/upload/index").then((room) => room.default);
const received = () => import("./screens/received/index").then((room) => room.default);
const bin = () => import("./screens/bin/index").then((room) => room.default);
const myImages = () => import("./screens/my-images/index").then((room) => room.default);
const confirm = () => import("./screens/confirm/index").then((room) => room.default);
const audit = () => import("./screens/audit/index").then((room) => room.default);
const whoLooked = () => import("./screens/who-looked/index").then((room) => room.default);
const exporting = () => import("./screens/export/index").then((room) => room.default);
const shares = () => import("./screens/shares/index").then((room) => room.default);
const breakGlass = () => import("./screens/break-glass/index").then((room) => room.default);
const glassReview = () => import("./screens/break-glass/Review").then((room) => room.default);
const opened = () => import("./screens/break-glass/Opened").then((room) => room.Opened);
const roles = () => import("./screens/roles/index").then((room) => room.default);
const people = () => import("./screens/people/index").then((room) => room.default);
const whoSees = () => import("./screens/who-sees/index").then((room) => room.default);
const guestRoom = () => import("./screens/guest/index").then((room) => room.default);
const heldRoom = () => import("./screens/held/index").then((room) => room.default);
const account = () => import("./screens/account/index").then((room) => room.default);

// Who comes by an address waits for nothing in turn: code, contents and session are asked for at once.
if (route.value.name === "study") {
  askDigestEarly(route.value.uid);
  soon(viewer);
}
if (route.value.name === "studies") {
  void refresh();
  soon(studies);
}
if (route.value.name === "sign-in") soon(signIn);
if (route.value.name === "link") soon(guestRoom);

function soon(load: () => Promise<unknown>): void {
  load().catch(() => undefined); // the screen asks again, and tells
}

export function App() {
  return (
    <>
      <Screen />
      {person.value?.opened.length ? <Later load={opened} props={{}} /> : null}
      {confirming.value && <Later load={confirm} props={{}} />}
      <Toasts />
    </>
  );
}

function Screen() {
  const known = knowledge.value;
  const here = route.value;
  if (here.name === "setup") return <Later load={setup} props={{}} />;
  if (here.name === "link") return <Later load={guestRoom} props={{ id: here.id }} />;
  if (known.kind === "unknown") return <Offline failure={known.failure} />;
  // The viewer does not wait to hear who we are: its own first answer says whether we may.
  if (here.name === "study" && (known.kind === "asking" || known.session.user)) return <Later load={viewer} props={{ uid: here.uid }} />;
  if (known.kind === "asking") return <SlowlyComing />;
  if (known.session.held) return <Later load={heldRoom} props={{}} />;
  return known.session.user === null ? <Outside here={here} guest={known.session.guest} /> : <Inside here={here} />;
}

/** For nobody: the door. For the guest of a link: what it shows, wherever in the app they are. */
function Outside({ here, guest }: { here: Route; guest: Guest | null }) {
  if (guest !== null) return <GoTo address={`/s/${guest.link}`} />;
  return here.name === "sign-in" ? <Later load={signIn} props={{}} /> : <GoTo address={signInFor(here)} />;
}

interface Room {
  isFor: (role: Role) => boolean;
  show: () => JSX.Element;
}

const everyone = (): boolean => true;
const uidHere = (): string => (route.value.name === "export" ? route.value.uid : "");
const isPatient = (role: Role): boolean => role === "patient";
const isAdministrator = (role: Role): boolean => role === "administrator";

const ROOMS: Partial<Record<Route["name"], Room>> = {
  studies: { isFor: (role) => !isPatient(role), show: () => <Later load={studies} props={{}} /> },
  "my-images": { isFor: isPatient, show: () => <Later load={myImages} props={{}} /> },
  bin: { isFor: mayDelete, show: () => <Later load={bin} props={{}} /> },
  received: { isFor: mayUpload, show: () => <Later load={received} props={{}} /> },
  upload: { isFor: mayUpload, show: () => <Later load={upload} props={{}} /> },
  export: { isFor: everyone, show: () => <Later load={exporting} props={{ uid: uidHere() }} /> },
  shares: { isFor: everyone, show: () => <Later load={shares} props={{}} /> },
  account: { isFor: everyone, show: () => <Later load={account} props={{}} /> },
  audit: { isFor: isAdministrator, show: () => <Later load={audit} props={{}} /> },
  "break-glass": { isFor: () => person.value?.mayBreakGlass === true, show: () => <Later load={breakGlass} props={{}} /> },
  "glass-review": { isFor: isAdministrator, show: () => <Later load={glassReview} props={{}} /> },
  roles: { isFor: isAdministrator, show: () => <Later load={roles} props={{}} /> },
  people: { isFor: isAdministrator, show: () => <Later load={people} props={{}} /> },
  "who-sees": { isFor: isAdministrator, show: () => <Later load={whoSees} props={{}} /> },
  "who-looked": { isFor: isPatient, show: () => <Later load={whoLooked} props={{}} /> },
  unknown: { isFor: everyone, show: () => <Lost /> },
};

/** For somebody who is signed in: where they are, or their own beginning. */
function Inside({ here }: { here: Route }) {
  const role = person.value?.role;
  if (role === undefined) return null;
  const room = ROOMS[here.name];
  if (room?.isFor(role)) return room.show();
  const then = here.name === "sign-in" ? here.then : null;
  return <GoTo address={then ?? homeOf(role)} />;
}

function Lost() {
  return (
    <Shell title={t("notFound.title")}>
      <NotFound />
    </Shell>
  );
}

/** Nobody is told by an address what lies behind it: where they were going is only kept for after. */
function signInFor(here: Route): string {
  const bare = here.name === "home" || here.name === "unknown";
  return bare ? "/signin" : `/signin?then=${encodeURIComponent(location.pathname)}`;
}

function GoTo({ address }: { address: string }) {
  useEffect(() => navigate(address, { replace: true }), [address]);
  return null;
}
