import { computed, signal } from "@preact/signals";

/** Where the app can be. Addresses are part of what people share and keep: they do not change. */
export type Route =
  | { name: "home" }
  | { name: "sign-in"; then: string | null }
  | { name: "setup" }
  | { name: "studies" }
  | { name: "study"; uid: string }
  | { name: "export"; uid: string }
  | { name: "link"; id: string }
  | { name: "shares" }
  | { name: "upload" }
  | { name: "bin" }
  | { name: "received" }
  | { name: "my-images" }
  | { name: "account" }
  | { name: "audit" }
  | { name: "who-looked" }
  | { name: "break-glass" }
  | { name: "glass-review" }
  | { name: "who-sees" }
  | { name: "roles" }
  | { name: "people" }
  | { name: "unknown" };

const UID = /^[0-9.]{1,64}$/;

const PLAIN: Readonly<Record<string, Route>> = {
  "/": { name: "home" },
  "/setup": { name: "setup" },
  "/studies": { name: "studies" },
  "/shares": { name: "shares" },
  "/upload": { name: "upload" },
  "/bin": { name: "bin" },
  "/received": { name: "received" },
  "/my-images": { name: "my-images" },
  "/account": { name: "account" },
  "/audit": { name: "audit" },
  "/my-images/who-looked": { name: "who-looked" },
  "/break-glass": { name: "break-glass" },
  "/break-glass/review": { name: "glass-review" },
  "/who-sees": { name: "who-sees" },
  "/roles": { name: "roles" },
  "/people": { name: "people" },
};

/** From an address (path and query) to a place in the app. */
export function parseRoute(address: string): Route {
  const { pathname, searchParams } = new URL(address, "http://lightbox.invalid");
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, "") : pathname;
  if (path === "/signin") return { name: "sign-in", then: ownAddress(searchParams.get("then")) };
  const [, uid, below] = /^\/study\/([^/]+)(\/export)?$/.exec(path) ?? [];
  if (uid !== undefined && UID.test(uid)) return { name: below === undefined ? "study" : "export", uid };
  const link = /^\/s\/([\w-]{1,64})$/.exec(path)?.[1];
  if (link !== undefined) return { name: "link", id: link };
  return PLAIN[path] ?? { name: "unknown" };
}

/** The address when it lies in the app, else null: a link must not lead people elsewhere after they signed in. */
function ownAddress(address: string | null): string | null {
  return address !== null && /^\/(?![/\\])/.test(address) ? address : null;
}

const address = signal(currentAddress());

/** Where the app is now. */
export const route = computed<Route>(() => parseRoute(address.value));

/** How many places of the app lie behind this one in the tab's history. */
let depth = depthOf(history.state);

function currentAddress(): string {
  return location.pathname + location.search;
}

function depthOf(state: unknown): number {
  return typeof state === "object" && state !== null && "depth" in state && typeof state.depth === "number" ? state.depth : 0;
}

export function navigate(to: string, { replace = false } = {}): void {
  if (!replace && to === currentAddress()) return;
  if (!replace) depth += 1;
  history[replace ? "replaceState" : "pushState"]({ depth }, "", to);
  address.value = currentAddress();
}

/** To the place the person came from, or to `otherwise` when they came from outside the app. */
export function goBack(otherwise: string): void {
  if (depth > 0) history.back();
  else navigate(otherwise, { replace: true });
}

/** Follow the browser's own back and forward, and links inside the app. */
export function startRouter(): void {
  window.addEventListener("popstate", (event) => {
    depth = depthOf(event.state);
    address.value = currentAddress();
  });
  window.addEventListener("click", (event) => {
    const to = addressClicked(event);
    if (to === null) return;
    event.preventDefault();
    navigate(to);
  });
}

const isPlain = (click: MouseEvent): boolean =>
  !click.defaultPrevented && click.button === 0 && !(click.metaKey || click.ctrlKey || click.shiftKey || click.altKey);

/** The address of the app's own link under a plain click, else null. */
function addressClicked(event: MouseEvent): string | null {
  if (!isPlain(event) || !(event.target instanceof Element)) return null;
  const link = event.target.closest("a[href]");
  if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return null;
  if (link.target !== "" || link.hasAttribute("download") || link.hash !== "") return null;
  const to = link.pathname + link.search;
  return parseRoute(to).name === "unknown" ? null : to;
}
