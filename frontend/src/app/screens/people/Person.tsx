import { Eye } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Account, Institution } from "../../../protocol/later";
import { Badge, Button, toast } from "../../components/index";
import { t } from "../../i18n/people";
import { learnSession, person } from "../../state/session";
import { Row } from "../account/Section";
import { askAbout } from "../who-sees/askedAbout";
import { Changing } from "./Changing";
import { Closing, turn } from "./Closing";
import { NewPassword } from "./NewPassword";
import { Ties } from "./Ties";
import { aboutOf, lastLoginOf } from "./about";
import { calledOf, lacksSecondFactor } from "./found";

interface Props {
  account: Account;
  institutions: readonly Institution[];
  onChanged: (account: Account) => void;
}

/** One account: what is known of it, and what can be done with it. */
export function Person({ account, institutions, onChanged }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const isOneself = person.value?.username === account.username;
  return (
    <article class="people-person" aria-label={calledOf(account)}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          <bdi>{calledOf(account)}</bdi> {isOneself && <Badge tone="exact">{t("people.you")}</Badge>} {!account.isActive && <Badge tone="danger">{t("people.isClosed")}</Badge>}
        </h2>
        <p class="lead">{account.username}</p>
      </header>
      <div class="account-card">
        <About account={account} institutions={institutions} onChanged={onChanged} />
        <Row title={t("people.lastLogin")} what={lastLoginOf(account)} />
        <Row title={t("people.factor")} what={t(account.hasSecondFactor ? "people.factor.yes" : lacksSecondFactor(account) ? "people.factor.due" : "people.factor.no")} />
        <Row title={t("people.sees")} what={t("people.sees.what")}>
          <a class="button button-plain" href="/who-sees" onClick={() => askAbout(account.username)}>
            <Eye size={20} aria-hidden="true" />
            <span>{t("people.sees.open")}</span>
          </a>
        </Row>
        {!isOneself && account.isActive && <Password account={account} />}
        {!isOneself && <Standing account={account} onChanged={onChanged} />}
      </div>
      {account.role === "patient" && <Ties account={account} onChanged={onChanged} />}
    </article>
  );
}

function About({ account, institutions, onChanged }: Props) {
  const [open, setOpen] = useState(false);
  const settle = (changed: Account): void => {
    setOpen(false);
    onChanged(changed);
    void learnSession(); // it may be oneself
    toast({ text: t("people.changed", { name: calledOf(changed) }) });
  };
  const named = account.referrer === "" ? "" : t("people.referrer.is", { name: account.referrer });
  return (
    <Row title={aboutOf(account, institutions)} what={[t(`people.does.${account.role}`), named].filter(Boolean).join(" ")}>
      <Button aria-label={t("people.change.title", { name: account.username })} onClick={() => setOpen(true)}>
        {t("people.change")}
      </Button>
      {open && <Changing account={account} institutions={institutions} onClose={() => setOpen(false)} onChanged={settle} />}
    </Row>
  );
}

function Password({ account }: { account: Account }) {
  const [open, setOpen] = useState(false);
  return (
    <Row title={t("people.password")} what={t("people.password.what")}>
      <Button onClick={() => setOpen(true)}>
        {t("people.password.new")}
      </Button>
      {open && <NewPassword account={account} onClose={() => setOpen(false)} />}
    </Row>
  );
}

/** Whether the account is open, and the way to the other. */
function Standing({ account, onChanged }: { account: Account; onChanged: (account: Account) => void }) {
  const [closing, setClosing] = useState(false);
  if (!account.isActive) {
    return (
      <Row title={t("people.closed.title")} what={t("people.closed.what")}>
        <Button onClick={() => void turn(account, true, onChanged)}>{t("people.open")}</Button>
      </Row>
    );
  }
  return (
    <Row title={t("people.close.row")} what={t("people.close.what")}>
      <Button look="danger" onClick={() => setClosing(true)}>
        {t("people.close")}
      </Button>
      {closing && <Closing account={account} onClose={() => setClosing(false)} onChanged={onChanged} />}
    </Row>
  );
}
