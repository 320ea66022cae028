import { ChevronRight, CircleUserRound } from "lucide-preact";
import { useState } from "preact/hooks";
import { ROLES } from "../../../protocol/index";
import type { Account, Institution } from "../../../protocol/later";
import { Badge, Button, Chip, Empty, Field } from "../../components/index";
import { t } from "../../i18n/people";
import { roleInWords } from "../../i18n/policy";
import { aboutOf, lastLoginOf } from "./about";
import { EVERYBODY, type Sought, calledOf, found, lacksSecondFactor } from "./found";

interface Props {
  accounts: readonly Account[];
  institutions: readonly Institution[];
  sought: Sought;
  onSought: (sought: Sought) => void;
  onChoose: (username: string) => void;
}

const SHOWN_AT_ONCE = 100;

/** Everybody, narrowed while one types. */
export function List({ accounts, institutions, sought, onSought, onChoose }: Props) {
  const [most, setMost] = useState(SHOWN_AT_ONCE);
  const people = found(accounts, sought);
  const roles = ROLES.filter((role) => accounts.some((account) => account.role === role));
  return (
    <>
      <Field label={t("people.find")} type="search" value={sought.words} onText={(words) => onSought({ ...sought, words })} autocomplete="off" autocapitalize="none" spellcheck={false} />
      <div class="people-chips" role="group" aria-label={t("people.narrow")}>
        {roles.map((role) => (
          <Chip key={role} on={sought.role === role} onClick={() => onSought({ ...sought, role: sought.role === role ? null : role })}>
            {roleInWords(role)}
          </Chip>
        ))}
        <Chip on={sought.onlyClosed} onClick={() => onSought({ ...sought, onlyClosed: !sought.onlyClosed })}>
          {t("people.isClosed")}
        </Chip>
      </div>
      <p class="lead" role="status">
        {t("people.count", { count: people.length })}
      </p>
      {people.length === 0 ? (
        <Nobody onAll={() => onSought(EVERYBODY)} />
      ) : (
        <ul class="people-list">
          {people.slice(0, most).map((account) => (
            <One key={account.username} account={account} about={aboutOf(account, institutions)} onChoose={() => onChoose(account.username)} />
          ))}
        </ul>
      )}
      {people.length > most && <Button onClick={() => setMost(most + SHOWN_AT_ONCE)}>{t("people.more")}</Button>}
    </>
  );
}

function One({ account, about, onChoose }: { account: Account; about: string; onChoose: () => void }) {
  return (
    <li>
      <button type="button" onClick={onChoose}>
        <span class="people-name">
          <bdi>{calledOf(account)}</bdi>
          {!account.isActive && <Badge tone="danger">{t("people.isClosed")}</Badge>}
          {lacksSecondFactor(account) && <Badge tone="warning">{t("people.factor.lacks")}</Badge>}
        </span>
        <span class="people-about">{account.displayName === "" ? about : [account.username, about].join(" · ")}</span>
        <span class="people-last">{account.lastLogin === null ? t("people.never") : t("people.last", { when: lastLoginOf(account) })}</span>
        <ChevronRight size={20} aria-hidden="true" />
      </button>
    </li>
  );
}

/** One's own account is always there: nobody is found only by what was asked for. */
function Nobody({ onAll }: { onAll: () => void }) {
  return (
    <Empty icon={CircleUserRound} title={t("people.none.title")}>
      <p>{t("people.none")}</p>
      <Button onClick={onAll}>{t("people.all")}</Button>
    </Empty>
  );
}
