import { Plus } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type DeviceKey, type KeyScope, SCOPES, issueKey, loadKeys, revokeKey } from "../../../protocol/later";
import { Badge, Button, Chip, Dialog, Field, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { guarded } from "../../state/stepUp";
import { dayOf } from "../../words/dates";
import { tellFailure } from "../../words/failures";
import { Shape } from "./Guards";
import { complain } from "./authenticators";
import { Row } from "./Section";
import { ShownOnce } from "./ShownOnce";

const DAYS = 90;

/** Keys of devices and programs, for administrators: those that are good, the newest first. */
export function Keys() {
  const [keys, setKeys] = useState<readonly DeviceKey[] | null>(null);
  const [dialog, setDialog] = useState<"new" | DeviceKey | null>(null);
  const learn = async (): Promise<void> => {
    const answer = await loadKeys();
    if (answer.ok) setKeys(answer.value.filter((key) => key.revokedAt === null && key.expiresAt > new Date()));
    else complain(answer.failure);
  };
  useEffect(() => void learn(), []);
  const close = (): void => {
    setDialog(null);
    void learn();
  };
  return (
    <>
      <Row title={t("keys.new")} what={t("keys.what")}>
        <Button icon={Plus} onClick={() => setDialog("new")}>
          {t("keys.add")}
        </Button>
      </Row>
      {keys === null ? <Shape /> : keys.map((key) => <One key={key.number} device={key} onRevoke={() => setDialog(key)} />)}
      {dialog === "new" && <Issue onClose={close} />}
      {dialog !== null && dialog !== "new" && <Revoke device={dialog} onClose={close} />}
    </>
  );
}

const scopesOf = ({ scopes }: DeviceKey): string => (scopes.length === 0 ? t("keys.scope.all") : scopes.map((scope) => t(`keys.scope.${scope}`)).join(", "));

function One({ device, onRevoke }: { device: DeviceKey; onRevoke: () => void }) {
  const used = device.usedAt === null ? t("keys.unused") : t("keys.used", { day: dayOf(device.usedAt) });
  const title = (
    <>
      {device.name || device.username} <Badge>{scopesOf(device)}</Badge>
    </>
  );
  return (
    <Row title={title} what={t("keys.about", { username: device.username, used, day: dayOf(device.expiresAt) })}>
      <Button aria-label={t("keys.revoke", { name: device.name || device.username })} onClick={onRevoke}>
        {t("keys.revokeShort")}
      </Button>
    </Row>
  );
}

function Revoke({ device, onClose }: { device: DeviceKey; onClose: () => void }) {
  const name = device.name || device.username;
  const revoke = async (): Promise<void> => {
    const answer = await revokeKey(device.number);
    if (answer.ok) toast({ text: t("keys.revoked", { name }) });
    else complain(answer.failure);
    onClose();
  };
  return (
    <Dialog title={t("keys.revokeTitle")} onClose={onClose}>
      <p>{t("keys.revokeWhat", { name })}</p>
      <div class="dialog-buttons">
        <Button look="danger" onClick={() => void revoke()}>
          {t("keys.revoke", { name })}
        </Button>
      </div>
    </Dialog>
  );
}

function Issue({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<string | null>(null);
  return (
    <Dialog title={t(made === null ? "keys.new" : "keys.made")} onClose={onClose}>
      {made === null ? <Form onMade={setMade} /> : <ShownOnce secret={made} lead={t("keys.keep")} onDone={onClose} />}
    </Dialog>
  );
}

function Form({ onMade }: { onMade: (key: string) => void }) {
  const [username, setUsername] = useState("");
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<KeyScope[]>(["store"]);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    const answer = await guarded(() => issueKey({ username: username.trim(), name: name.trim(), scopes, days: DAYS }));
    setBusy(false);
    if (answer.ok) onMade(answer.value);
    else if (answer.failure.kind !== "aborted") setProblem(answer.failure.kind === "refused" && answer.failure.status === 404 ? t("keys.nobody") : tellFailure(answer.failure).what);
  };
  const turn = (scope: KeyScope): void => setScopes(scopes.includes(scope) ? scopes.filter((each) => each !== scope) : [...scopes, scope]);
  return (
    <form
      class="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label={t("keys.name")} hint={t("keys.name.what")} required maxLength={128} value={name} onText={setName} />
      <Field label={t("keys.account")} hint={t("keys.account.what")} required autocapitalize="none" spellcheck={false} value={username} error={problem || undefined} onText={setUsername} />
      <div class="account-chips" role="group" aria-label={t("keys.scopes")}>
        {SCOPES.map((scope) => (
          <Chip key={scope} on={scopes.includes(scope)} onClick={() => turn(scope)}>
            {t(`keys.scope.${scope}`)}
          </Chip>
        ))}
      </div>
      {scopes.length === 0 && <p class="account-row-what">{t("keys.scope.none")}</p>}
      <Button type="submit" look="primary" wide busy={busy}>
        {t("keys.make", { count: DAYS })}
      </Button>
    </form>
  );
}
