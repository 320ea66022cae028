/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { EarlyAsking } from "./earlyAsking";
import { fetchAtOnce } from "./shellAtOnce";

declare const self: ServiceWorkerGlobalScope;

/**
 * The shell of the app is kept so that it opens without a network. Nothing else is: no answer of the server's API,
 * no picture, no name ever enters a cache (promise P16), which is why there is no runtime caching at all.
 */
// A study's address ends in its UID: dots and figures alone are no file's name.
const NOT_THE_APP = [/^\/(api|view|dicom-web|_allauth|admin|ws|static)\//, /^\/(healthz|readyz)$/, /\.[a-z][^/]*$/i];

const early = new EarlyAsking((address) => fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" }));

// Before the shell's own listener: it answers the page itself, and both hear of it.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, search } = new URL(request.url);
  if (request.mode === "navigate") {
    event.waitUntil(early.open(pathname));
    return;
  }
  const answer = request.method === "GET" ? early.take(pathname + search) : null;
  if (answer) event.respondWith(answer.then((came) => came ?? fetch(request)));
});

const shell = self.__WB_MANIFEST;
self.addEventListener("install", (event) => event.waitUntil(fetchAtOnce(shell, (address) => fetch(address, { credentials: "same-origin" }))));
precacheAndRoute(shell);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html"), { denylist: NOT_THE_APP }));

/** A new version waits until the person says so: nothing reloads itself in mid-read. */
self.addEventListener("message", (event) => {
  if (event.data === "take-over") void self.skipWaiting();
});
