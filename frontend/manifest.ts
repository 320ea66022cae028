import type { ManifestOptions } from "vite-plugin-pwa";

/** What a phone is told when the app is put on its home screen. */
export const manifest: Partial<ManifestOptions> = {
  id: "/",
  name: "Lightbox",
  short_name: "Lightbox",
  description: "Medical images, on the screen that is near.",
  lang: "en",
  dir: "ltr",
  start_url: "/",
  scope: "/",
  display: "standalone",
  display_override: ["standalone", "minimal-ui"],
  orientation: "any",
  theme_color: "#0e1116",
  background_color: "#0e1116",
  categories: ["medical", "health"],
  icons: [
    { src: "/icons/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
    { src: "/icons/icon-192.png", sizes: "192x192", type: "image/png", purpose: "any" },
    { src: "/icons/icon-512.png", sizes: "512x512", type: "image/png", purpose: "any" },
    { src: "/icons/maskable-192.png", sizes: "192x192", type: "image/png", purpose: "maskable" },
    { src: "/icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
  ],
  shortcuts: [
    { name: "Studies", url: "/studies", icons: [{ src: "/icons/shortcut-studies.png", sizes: "96x96", type: "image/png" }] },
    { name: "Upload", url: "/upload", icons: [{ src: "/icons/shortcut-upload.png", sizes: "96x96", type: "image/png" }] },
  ],
  screenshots: [
    { src: "/icons/screenshot-phone.png", sizes: "780x1688", type: "image/png", form_factor: "narrow", label: "Studies on a phone" },
    { src: "/icons/screenshot-wide.png", sizes: "1440x900", type: "image/png", form_factor: "wide", label: "Studies on a wide screen" },
  ],
};
