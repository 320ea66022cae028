import { LogOut, ScrollText, ShieldCheck } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { loadRecoveryCodes } from "../../../protocol/later";
import { Button, Skeleton, toast } from "../../components/index";
import { t as shell } from "../../i18n/index";
import { t } from "../../i18n/more";
import { Shell } from "../../shell/Shell";
import { install, installWay } from "../../state/install";
import { knowledge, leave, person } from "../../state/session";
import { authenticators, learnAuthenticators } from "./authenticators";
import { Devices } from "./Devices";
import { Look } from "./Look";
import { Passkeys } from "./Passkeys";
import { Password } from "./Password";
import { RecoveryCodes } from "./RecoveryCodes";
import { Row, Section } from "./Section";
import { Totp } from "./Totp";
import "./account.css";

/** Who one is here, what guards the account, and how the app looks on this device. */
export default function Account() {
  useEffect(() => void learnAuthenticators(), []);
  return (
    <Shell title={t("account.title")}>
      <div class="page account">
        <Who />
        {person.value?.role === "administrator" && <Administration />}
        <Section title={t("account.security")}>
          <Guards />
        </Section>
        <Section title={t("devices.title")}>
          <Devices />
        </Section>
        <Section title={t("account.look")}>
          <Look />
        </Section>
        <Install />
        <p class="account-version">{t("account.version", { version: versionKnown() })}</p>
      </div>
    </Shell>
  );
}

const versionKnown = (): string => (knowledge.value.kind === "known" ? knowledge.value.session.version : "");

function Who() {
  const [busy, setBusy] = useState(false);
  const who = person.value;
  if (!who) return null;
  const go = async (): Promise<void> => {
    setBusy(true);
    if (!(await leave())) toast({ text: t("account.signOutFailed"), tone: "danger" });
    setBusy(false);
  };
  return (
    <header class="account-who">
      <div>
        <h1>{who.displayName || who.username}</h1>
        <p class="lead">
          {t(`role.${who.role}`)} · {t("account.signedInAs", { username: who.username })}
        </p>
      </div>
      <Button icon={LogOut} busy={busy} title={t("account.signOutWhat")} onClick={() => void go()}>
        {t("account.signOut")}
      </Button>
    </header>
  );
}

function Administration() {
  return (
    <div class="account-card">
      <Row title={t("account.audit")}>
        <a class="button button-plain" href="/audit">
          <ScrollText size={20} aria-hidden="true" />
          <span>{t("account.auditOpen")}</span>
        </a>
      </Row>
      <Row title={t("account.admin")}>
        <a class="button button-plain" href="/admin/">
          <ShieldCheck size={20} aria-hidden="true" />
          <span>{t("account.adminOpen")}</span>
        </a>
      </Row>
    </div>
  );
}

function Guards() {
  const [made, setMade] = useState<readonly string[] | null>(null);
  // The first second factor brings recovery codes with it: they are shown once, now.
  const showCodes = async (): Promise<void> => {
    const answer = await loadRecoveryCodes();
    if (answer.ok && answer.value.length > 0) setMade(answer.value);
  };
  return (
    <>
      <Password />
      {authenticators.value === null ? (
        <>
          <Shape />
          <Shape />
        </>
      ) : (
        <>
          <Passkeys onAdded={() => void showCodes()} />
          <Totp onOn={() => void showCodes()} />
          <RecoveryCodes made={made} onMade={setMade} />
        </>
      )}
    </>
  );
}

function Shape() {
  return (
    <div class="account-row account-shape">
      <Skeleton width="60%" height="44px" />
    </div>
  );
}

function Install() {
  const way = installWay();
  if (way === "none") return null;
  return (
    <Section title={t("account.install")}>
      <Row title={shell(way === "ios" ? "install.ios" : "install.prompt")}>{way === "ask" && <Button onClick={() => void install()}>{shell("install.now")}</Button>}</Row>
    </Section>
  );
}
