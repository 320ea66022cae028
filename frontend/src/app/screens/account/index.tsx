import { CircleUserRound, Eye, Lock, LogOut, ScrollText, ShieldCheck, Siren, SlidersHorizontal } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { Button, toast } from "../../components/index";
import { t as shell } from "../../i18n/index";
import { t } from "../../i18n/more";
import { Shell } from "../../shell/Shell";
import { lockNow } from "../../state/idle";
import { install, installWay } from "../../state/install";
import { knowledge, leave, person } from "../../state/session";
import { dayOf } from "../../words/dates";
import { learnAuthenticators } from "./authenticators";
import { Devices } from "./Devices";
import { Guards } from "./Guards";
import { Keys } from "./Keys";
import { Look } from "./Look";
import { Password } from "./Password";
import { Row, Section } from "./Section";
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
          <Due />
          <Password />
          <Guards />
        </Section>
        <Section title={t("devices.title")}>
          <Devices />
        </Section>
        {person.value?.role === "administrator" && (
          <Section title={t("keys.title")}>
            <Keys />
          </Section>
        )}
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
      <div class="account-row-acts">
        <Button icon={Lock} title={t("account.lockWhat")} onClick={() => void lockNow()}>
          {t("account.lock")}
        </Button>
        <Button icon={LogOut} busy={busy} title={t("account.signOutWhat")} onClick={() => void go()}>
          {t("account.signOut")}
        </Button>
      </div>
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
      <Row title={t("account.people")}>
        <a class="button button-plain" href="/people">
          <CircleUserRound size={20} aria-hidden="true" />
          <span>{t("account.peopleOpen")}</span>
        </a>
      </Row>
      <Row title={t("account.whoSees")}>
        <a class="button button-plain" href="/who-sees">
          <Eye size={20} aria-hidden="true" />
          <span>{t("account.whoSeesOpen")}</span>
        </a>
      </Row>
      <Row title={t("account.roles")}>
        <a class="button button-plain" href="/roles">
          <SlidersHorizontal size={20} aria-hidden="true" />
          <span>{t("account.rolesOpen")}</span>
        </a>
      </Row>
      <Row title={t("account.emergencies")}>
        <a class="button button-plain" href="/break-glass/review">
          <Siren size={20} aria-hidden="true" />
          <span>{t("account.emergenciesOpen")}</span>
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

/** For those who need more than a password and have not: until when they may go on so. */
function Due() {
  const due = person.value?.secondFactorDueAt ?? null;
  if (due === null) return null;
  return <Row title={t("account.due")} what={t("account.due.what", { day: dayOf(due) })} />;
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
