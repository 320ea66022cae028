import { LogOut } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Answer } from "../../../protocol/index";
import { type Device, loadDevices, signOutDevices } from "../../../protocol/later";
import { Badge, Button, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { deviceName } from "../../words/devices";
import { momentInWords } from "../../words/moments";
import { Shape } from "./Guards";
import { complain } from "./authenticators";
import { Row } from "./Section";

/** Where the account is signed in: who lost a phone, or forgot to sign out at the ward, ends it from here. */
export function Devices() {
  const [devices, setDevices] = useState<readonly Device[] | null>(null);
  const [leaving, setLeaving] = useState<readonly number[]>([]);
  const learn = (answer: Answer<Device[]>): boolean => {
    if (answer.ok) setDevices(answer.value);
    else complain(answer.failure);
    return answer.ok;
  };
  useEffect(() => void loadDevices().then(learn), []);
  const signOut = async (ids: readonly number[]): Promise<void> => {
    setLeaving(ids);
    if (learn(await signOutDevices(ids))) toast({ text: t("devices.done", { count: ids.length }) });
    setLeaving([]);
  };
  if (devices === null) return <Shape />;
  const others = devices.filter((device) => !device.isThis).map((device) => device.id);
  return (
    <>
      {devices.map((device) => (
        <One key={device.id} device={device} busy={leaving.includes(device.id)} onSignOut={() => void signOut([device.id])} />
      ))}
      {others.length > 1 && (
        <Row title={t("devices.all")} what={t("devices.all.what")}>
          <Button icon={LogOut} busy={leaving.length > 1} onClick={() => void signOut(others)}>
            {t("devices.all.do")}
          </Button>
        </Row>
      )}
    </>
  );
}

function One({ device, busy, onSignOut }: { device: Device; busy: boolean; onSignOut: () => void }) {
  const name = deviceName(device.userAgent);
  const title = (
    <>
      {name} {device.isThis && <Badge tone="exact">{t("devices.this")}</Badge>}
    </>
  );
  return (
    <Row title={title} what={t("devices.since", { when: momentInWords(device.since), address: device.address })}>
      {!device.isThis && (
        <Button busy={busy} aria-label={t("devices.signOut", { name })} onClick={onSignOut}>
          {t("devices.signOutShort")}
        </Button>
      )}
    </Row>
  );
}
