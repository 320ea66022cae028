import { Pencil, Plus, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { addPasskey, askForNewPasskey, removePasskey, renamePasskey } from "../../../protocol/later";
import { Button, Dialog, Field, IconButton, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { makePasskey, passkeysPossible } from "../../state/passkeys";
import { dayOf } from "../../words/dates";
import { complain, passkeys, settled } from "./authenticators";
import { guarded } from "../../state/stepUp";
import { Row } from "./Section";

type Passkey = ReturnType<typeof passkeys>[number];

export function Passkeys({ onAdded }: { onAdded: () => void }) {
  const [naming, setNaming] = useState<Passkey | null>(null);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const [busy, setBusy] = useState(false);
  const add = async (): Promise<void> => {
    setBusy(true);
    if (await addThisDevice()) onAdded();
    setBusy(false);
  };
  return (
    <>
      <Row title={t("account.passkeys")} what={t(passkeysPossible() ? "account.passkeys.what" : "account.passkeys.impossible")}>
        {passkeysPossible() && (
          <Button icon={Plus} busy={busy} onClick={() => void add()}>
            {t("account.passkeys.add")}
          </Button>
        )}
      </Row>
      {passkeys().map((passkey) => (
        <Row key={passkey.id} title={passkey.name} what={timesOf(passkey)}>
          <IconButton icon={Pencil} label={t("account.passkeys.rename", { name: passkey.name })} onClick={() => setNaming(passkey)} />
          <IconButton icon={Trash2} label={t("account.passkeys.remove", { name: passkey.name })} onClick={() => setRemoving(passkey)} />
        </Row>
      ))}
      {naming && <Rename passkey={naming} onClose={() => setNaming(null)} />}
      {removing && <Remove passkey={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function timesOf({ addedAt, usedAt }: Passkey): string {
  const added = t("account.passkeys.added", { day: dayOf(addedAt) });
  return usedAt === null ? added : `${added}, ${t("account.passkeys.used", { day: dayOf(usedAt) })}`;
}

async function addThisDevice(): Promise<boolean> {
  const options = await guarded(askForNewPasskey);
  if (!options.ok) {
    complain(options.failure);
    return false;
  }
  const made = await makePasskey(options.value);
  if (made.kind === "impossible") toast({ text: t("account.passkeys.failed"), tone: "danger" });
  if (made.kind !== "credential") return false;
  const answer = await guarded(() => addPasskey(nameOfDevice(), made.credential));
  return settled(answer, t("account.passkeys.addDone"));
}

/** A name to begin with: the person can give another. */
function nameOfDevice(): string {
  const found = /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(navigator.userAgent)?.[0];
  return found === "Macintosh" ? "Mac" : (found ?? t("account.passkeys.default"));
}

function Rename({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const [name, setName] = useState(passkey.name);
  const submit = async (): Promise<void> => {
    if (name.trim() === "") return;
    if (await settled(await guarded(() => renamePasskey(passkey.id, name.trim())))) onClose();
  };
  return (
    <Dialog title={t("account.passkeys.nameTitle")} onClose={onClose}>
      <form
        class="account-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={t("account.passkeys.name")} maxLength={100} value={name} onText={setName} />
        <Button type="submit" look="primary" wide>
          {t("account.save")}
        </Button>
      </form>
    </Dialog>
  );
}

function Remove({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const remove = async (): Promise<void> => {
    onClose();
    await settled(await guarded(() => removePasskey(passkey.id)));
  };
  return (
    <Dialog title={t("account.passkeys.removeTitle")} onClose={onClose}>
      <p>{t("account.passkeys.removeWhat", { name: passkey.name })}</p>
      <div class="dialog-buttons">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="danger" onClick={() => void remove()}>
          {t("account.passkeys.remove", { name: passkey.name })}
        </Button>
      </div>
    </Dialog>
  );
}
