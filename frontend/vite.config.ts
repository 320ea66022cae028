import { defineConfig } from "vitest/config";
import { VitePWA } from "vite-plugin-pwa";
import { manifest } from "./manifest";

/** The server during `npm run dev`: everything that is not the app's own is its. */
const SERVER = process.env["LIGHTBOX_SERVER"] ?? "http://127.0.0.1:8000";
const PROXIED = ["/api", "/view", "/dicom-web", "/_allauth", "/admin", "/healthz", "/readyz"];

/** Icons and words of more than one screen, which would each be a file of 300 bytes and a request. */
const SHARED = { name: "shared", test: /lucide-preact|src.app.words.(dates|modalities|names|patients)/, minShareCount: 2 };

/** All that a picture on the screen needs, in one file: where panels need some of it too, it is here by then. */
const VIEWING = { name: "viewing", test: /src.app.screens.viewer.index/ };

/** What nobody waits for with a picture before them: one file for all of it, for the shell is kept file by file. */
const BESIDE_READING = { name: "beside", test: /src.app.(screens.(?!viewer|studies|signin|guest|offline|share[^s])|i18n.(audit|people|policy)|components.[Ss]elect)/, includeDependenciesRecursively: false };

export default defineConfig({
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the policy of the server forbids inline anything but data: images
    manifest: ".vite/manifest.json",
    modulePreload: { polyfill: false },
    // Six connections are all that HTTP/1.1 gives: what is needed together comes in as few files as it can.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shell", tags: ["$initial"] }, SHARED, VIEWING, BESIDE_READING] } } },
  },
  server: {
    proxy: {
      ...Object.fromEntries(PROXIED.map((path) => [path, { target: SERVER, changeOrigin: false }])),
      "/ws": { target: SERVER, ws: true },
    },
  },
  plugins: [
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src/offline",
      filename: "sw.ts",
      injectRegister: null,
      registerType: "prompt",
      manifest,
      // For home screens: the browser gets them itself when it makes one. They weigh as much as all of the code.
      includeManifestIcons: false,
      injectManifest: {
        // The shell and nothing else: patient data never enters a cache of the service worker (promise P16).
        globPatterns: ["index.html", "assets/*.{js,css}", "icons/icon.svg"],
        // Without a network there is nothing to decode: what decodes comes when it is needed, and stays in the HTTP cache.
        globIgnores: ["assets/worker-*.js"],
      },
    }),
  ],
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"] },
});
