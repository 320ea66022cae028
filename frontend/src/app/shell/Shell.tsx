import { CircleUserRound, Images, LayoutList, type LucideIcon, Share2, Trash2, Upload } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { type Key, t } from "../i18n/index";
import { type Route, route } from "../router";
import { mayDelete, mayUpload } from "../state/roles";
import { person } from "../state/session";
import "./shell.css";

interface Place {
  name: Route["name"];
  address: string;
  labelKey: Key;
  icon: LucideIcon;
}

const STUDIES: Place = { name: "studies", address: "/studies", labelKey: "nav.studies", icon: LayoutList };
const MY_IMAGES: Place = { name: "my-images", address: "/my-images", labelKey: "nav.myImages", icon: Images };
const UPLOAD: Place = { name: "upload", address: "/upload", labelKey: "nav.upload", icon: Upload };
const SHARES: Place = { name: "shares", address: "/shares", labelKey: "nav.shares", icon: Share2 };
const BIN: Place = { name: "bin", address: "/bin", labelKey: "nav.bin", icon: Trash2 };
const ACCOUNT: Place = { name: "account", address: "/account", labelKey: "nav.account", icon: CircleUserRound };

function places(): Place[] {
  const role = person.value?.role;
  if (role === undefined) return [];
  if (role === "patient") return [MY_IMAGES, SHARES, ACCOUNT];
  return [STUDIES, ...(mayUpload() ? [UPLOAD] : []), SHARES, ...(mayDelete() ? [BIN] : []), ACCOUNT];
}

/** The frame around every screen but the viewer: at the bottom of a phone under the thumb, at the side of anything wider. */
export function Shell({ title, children }: { title: string; children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = t("app.titled", { title });
  }, [title]);
  useFocusOnArrival(main);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t("nav.skip")}
      </a>
      <Navigation />
      <main id="content" ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Navigation() {
  return (
    <nav class="nav" aria-label={t("nav.label")}>
      <Mark />
      <ul>
        {places().map(({ name, address, labelKey, icon: Icon }) => (
          <li key={name}>
            <a href={address} aria-current={route.value.name === name ? "page" : undefined}>
              <Icon size={24} aria-hidden="true" />
              <span>{t(labelKey)}</span>
              {name === "shares" && <Unseen />}
              {name === "account" && <Due />}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** How much they were told of their links that they have not looked at. */
function Unseen() {
  const count = person.value?.unseenNotices ?? 0;
  if (count === 0) return null;
  return (
    <span class="nav-unseen" aria-label={t("nav.unseen", { count })}>
      {count}
    </span>
  );
}

/** That the account is asked for a second factor. */
function Due() {
  if (!person.value?.secondFactorDueAt) return null;
  return (
    <span class="nav-unseen" role="img" aria-label={t("nav.due")}>
      !
    </span>
  );
}

/** The sign of the app: a film on a lit box. */
export function Mark({ size = 32 }: { size?: number }) {
  return <img class="mark" src="/icons/icon.svg" width={size} height={size} alt="" />;
}

let isFirstScreen = true;

/** A new screen is read from its beginning: it is shown from the top and the focus goes there, as with a new page. */
function useFocusOnArrival(main: { current: HTMLElement | null }): void {
  useLayoutEffect(() => scrollTo(0, 0), []);
  useEffect(() => {
    if (!isFirstScreen) main.current?.focus({ preventScroll: true });
    isFirstScreen = false;
  }, [main]);
}
