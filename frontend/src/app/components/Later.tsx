import { Unplug } from "lucide-preact";
import type { ComponentType } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { t } from "../i18n/index";
import { Button } from "./Button";
import { Missing } from "./Failed";
import { Progress } from "./Progress";

type Load<Props> = () => Promise<ComponentType<Props>>;
const LONGEST_MS = 20_000; // a line that went dead says nothing; what comes later is still shown
const loaded = new WeakMap<Load<never>, ComponentType<never>>();

/** A screen whose code comes when it is first needed. */
export function Later<Props extends object>({ load, props }: { load: Load<Props>; props: Props }) {
  const [, again] = useState(0);
  const [failed, setFailed] = useState<Load<Props> | null>(null);
  const Screen = loaded.get(load as Load<never>) as ComponentType<Props> | undefined;
  // Not after the paint: most often the code is here already, and what would be painted is nothing.
  useLayoutEffect(() => {
    if (Screen || failed === load) return;
    const giveUp = () => setFailed(() => load);
    const waiting = setTimeout(giveUp, LONGEST_MS);
    load().then((screen) => {
      loaded.set(load as Load<never>, screen as ComponentType<never>);
      again((n) => n + 1);
    }, giveUp);
    return () => clearTimeout(waiting);
  }, [load, Screen, failed]);
  if (Screen) return <Screen {...props} />;
  return failed === load ? <NotLoaded onRetry={() => setFailed(null)} /> : <SlowlyComing />;
}

/** Says nothing at first: what comes at once needs no announcement. */
export function SlowlyComing() {
  return (
    <div class="slowly">
      <Progress label={t("later.loading")} done={null} />
    </div>
  );
}

/** The network was away, or the server has a newer app than the one that is open. */
function NotLoaded({ onRetry }: { onRetry: () => void }) {
  return (
    <main>
      <Missing icon={Unplug} title={t("later.failed")} what={t("later.failed.what")} onRetry={onRetry}>
        <Button onClick={() => location.reload()}>{t("later.reload")}</Button>
      </Missing>
    </main>
  );
}
