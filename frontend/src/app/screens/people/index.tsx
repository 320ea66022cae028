import { ArrowLeft, CircleUserRound, UserPlus } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Answer, Failure } from "../../../protocol/index";
import { type Account, type Institution, loadAccounts, loadInstitutions } from "../../../protocol/later";
import { Button, Failed, Skeleton } from "../../components/index";
import { t } from "../../i18n/people";
import { Shell } from "../../shell/Shell";
import { Adding } from "./Adding";
import { List } from "./List";
import { Person } from "./Person";
import { EVERYBODY, withAccount } from "./found";
import "../../components/intro.css";
import "../account/account.css";
import "./people.css";

/** Who can sign in here, and as what: made, changed and closed by administrators. */
export default function People() {
  const { known, failure, load, learn } = useKnown();
  const [adding, setAdding] = useState(false);
  return (
    <Shell title={t("people.title")}>
      <div class="page people">
        {failure && <Failed icon={CircleUserRound} failure={failure} onRetry={() => void load()} />}
        {!failure && known === null && <Loading />}
        {known && <Everybody known={known} onAdd={() => setAdding(true)} onChanged={learn} />}
        {known && adding && <Adding institutions={known.institutions} onClose={() => setAdding(false)} onMade={({ account }) => learn(account)} />}
      </div>
    </Shell>
  );
}

interface Known {
  accounts: readonly Account[];
  institutions: readonly Institution[];
}

function useKnown() {
  const [known, setKnown] = useState<Known | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = async (): Promise<void> => {
    const [people, houses] = await Promise.all([loadAccounts(), loadInstitutions()]);
    if (people.ok && houses.ok) setKnown({ accounts: people.value, institutions: houses.value });
    setFailure(failureOf(people) ?? failureOf(houses));
  };
  useEffect(() => void load(), []);
  const learn = (account: Account): void => setKnown((now) => now && { ...now, accounts: withAccount(now.accounts, account) });
  return { known, failure, load, learn };
}

const failureOf = (answer: Answer<unknown>): Failure | null => (answer.ok ? null : answer.failure);

/** The list, or the one that was chosen from it; the list is as it was when one comes back. */
function Everybody({ known: { accounts, institutions }, onAdd, onChanged }: { known: Known; onAdd: () => void; onChanged: (account: Account) => void }) {
  const [sought, setSought] = useState(EVERYBODY);
  const [chosen, setChosen] = useState<string | null>(null);
  const person = accounts.find(({ username }) => username === chosen);
  if (person) {
    return (
      <>
        <Head />
        <Button look="quiet" icon={ArrowLeft} onClick={() => setChosen(null)}>
          {t("people.back")}
        </Button>
        <Person key={person.username} account={person} institutions={institutions} onChanged={onChanged} />
      </>
    );
  }
  return (
    <>
      <Head lead={t("people.lead")} />
      <Button look="primary" icon={UserPlus} onClick={onAdd}>
        {t("people.add")}
      </Button>
      <List accounts={accounts} institutions={institutions} sought={sought} onSought={setSought} onChoose={setChosen} />
    </>
  );
}

function Head({ lead }: { lead?: string }) {
  return (
    <header class="intro">
      <h1>{t("people.title")}</h1>
      {lead && <p class="lead">{lead}</p>}
    </header>
  );
}

function Loading() {
  return (
    <>
      <Head lead={t("people.lead")} />
      <div role="status" aria-label={t("people.loading")} class="people-list">
        <Skeleton width="100%" height="72px" />
        <Skeleton width="100%" height="72px" />
        <Skeleton width="100%" height="72px" />
      </div>
    </>
  );
}
