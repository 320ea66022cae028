import { Siren } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { toast } from "../../components/index";
import { t } from "../../i18n/policy";
import { navigate, route } from "../../router";
import { learnSession, person } from "../../state/session";
import { minutesLeft } from "./timeLeft";
import "./opened.css";

const LOOKED_AT_EVERY_MS = 5_000; // no timer of an hour: a tablet sleeps meanwhile

/** Stands over a study that was opened in an emergency: that it was, and for how long. */
export function Opened() {
  const now = useNow();
  useEffect(() => void lockAgain(now), [now]);
  const here = person.value?.opened.find(({ study }) => study === shown());
  if (!here) return null;
  return (
    <aside class="opened" aria-label={t("glass.standing")}>
      <Siren size={16} aria-hidden="true" />
      <span>{t("glass.standing")}</span>
      <span class="opened-left">{t("glass.left", { count: minutesLeft(here.until, now) })}</span>
    </aside>
  );
}

const shown = (): string | null => (route.value.name === "study" ? route.value.uid : null);

/** When the hour is over nothing of the study stays on screen, whether or not the server can be asked what is open still. */
async function lockAgain(now: number): Promise<void> {
  const ended = person.value?.opened.filter(({ until }) => until <= now) ?? [];
  if (ended.length === 0) return;
  const isTold = await learnSession();
  const isOpen = isTold && person.value?.opened.some(({ study }) => study === shown());
  if (isOpen || !ended.some(({ study }) => study === shown())) return;
  navigate("/break-glass", { replace: true });
  toast({ text: t("glass.over"), forMs: null });
}

/** The moment, every few seconds. */
function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOKED_AT_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
