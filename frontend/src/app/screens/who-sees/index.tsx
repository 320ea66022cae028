import { ArrowLeft, Eye } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { type Account, loadAccounts } from "../../../protocol/later";
import { Badge, Button, Failed, Field, Skeleton } from "../../components/index";
import { roleInWords, t } from "../../i18n/policy";
import { Shell } from "../../shell/Shell";
import { Person } from "./Person";
import { takeAsked } from "./askedAbout";
import "../../components/intro.css";
import "./whoSees.css";

/** What somebody sees, and by what; what was granted is taken back here, and more is granted. */
export default function WhoSees() {
  const [accounts, setAccounts] = useState<readonly Account[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [chosen, setChosen] = useState<Account | null>(null);
  const load = async (): Promise<void> => {
    const answer = await loadAccounts();
    setFailure(answer.ok ? null : answer.failure);
    if (!answer.ok) return;
    setAccounts(answer.value);
    const asked = takeAsked();
    setChosen(answer.value.find(({ username }) => username === asked) ?? null);
  };
  useEffect(() => void load(), []);
  return (
    <Shell title={t("sees.title")}>
      <div class="page sees">
        <header class="intro">
          <h1>{t("sees.title")}</h1>
          {!chosen && <p class="lead">{t("sees.lead")}</p>}
        </header>
        {failure && <Failed icon={Eye} failure={failure} onRetry={() => void load()} />}
        {!failure && accounts === null && <Loading />}
        {accounts && !chosen && <Choose accounts={accounts} onChoose={setChosen} />}
        {chosen && (
          <>
            <Button look="quiet" icon={ArrowLeft} onClick={() => setChosen(null)}>
              {t("sees.back")}
            </Button>
            <Person key={chosen.username} account={chosen} />
          </>
        )}
      </div>
    </Shell>
  );
}

function Choose({ accounts, onChoose }: { accounts: readonly Account[]; onChoose: (account: Account) => void }) {
  const [sought, setSought] = useState("");
  const words = sought.trim().toLocaleLowerCase();
  const found = accounts.filter((account) => `${account.username} ${account.displayName}`.toLocaleLowerCase().includes(words));
  return (
    <>
      <Field label={t("sees.find")} type="search" value={sought} onText={setSought} autocomplete="off" autocapitalize="none" spellcheck={false} />
      <ul class="sees-people">
        {found.map((account) => (
          <li key={account.username}>
            <button type="button" onClick={() => onChoose(account)}>
              <span class="sees-name">{account.displayName || account.username}</span>
              <span class="lead">
                {account.username} · {roleInWords(account.role)}
              </span>
              {!account.isActive && <Badge>{t("sees.closed")}</Badge>}
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p role="status">{t("sees.none")}</p>}
    </>
  );
}

function Loading() {
  return (
    <div role="status" aria-label={t("sees.loading")} class="sees-people">
      <Skeleton width="100%" height="64px" />
      <Skeleton width="100%" height="64px" />
    </div>
  );
}
