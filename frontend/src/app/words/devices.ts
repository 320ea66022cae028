import { t } from "../i18n/more";

/** Of what browsers say of themselves: the first that fits, for later ones are named by those that came before them. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrom(e|ium)\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const MACHINES: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Macintosh/, "Mac"],
  [/CrOS/, "Chromebook"],
  [/Linux/, "Linux"],
];

const nameIn = (known: typeof BROWSERS, said: string): string | undefined => known.find(([sign]) => sign.test(said))?.[1];

/** "Safari on iPhone"; what a browser says of itself is a hint, never a proof. */
export function deviceName(userAgent: string): string {
  const browser = nameIn(BROWSERS, userAgent) ?? t("devices.browser");
  const machine = nameIn(MACHINES, userAgent);
  return machine === undefined ? browser : t("devices.on", { browser, machine });
}
