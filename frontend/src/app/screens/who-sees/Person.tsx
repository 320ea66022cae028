import { Check, Eye, EyeOff, Minus, Plus } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../../protocol/index";
import { type Account, type Opening, type Sees, type Way, closeGrant, loadSees } from "../../../protocol/later";
import { Badge, Button, Dialog, Field, Skeleton, toast } from "../../components/index";
import { actInWords, roleInWords, t, wayInWords } from "../../i18n/policy";
import { tellFailure } from "../../words/failures";
import { momentInWords } from "../../words/moments";
import { Granting } from "./Granting";

/** One account: what it sees, by which ways of the one policy, and what it may do. */
export function Person({ account }: { account: Account }) {
  const [study, setStudy] = useState("");
  const [told, setTold] = useState<Sees | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [granting, setGranting] = useState(false);
  const ask = async (of: string): Promise<void> => {
    const answer = await loadSees(account.username, of);
    setFailure(answer.ok ? null : answer.failure);
    setTold(answer.ok ? answer.value : null);
  };
  useEffect(() => void ask(""), []);
  const again = (): void => void ask(study.trim());
  return (
    <section aria-label={account.displayName || account.username}>
      <h2>{account.displayName || account.username}</h2>
      <p class="lead">{roleInWords(account.role)}</p>
      <form
        class="sees-ask"
        onSubmit={(event) => {
          event.preventDefault();
          again();
        }}
      >
        <Field label={t("sees.study")} hint={t("sees.studyHint")} value={study} onText={setStudy} inputMode="decimal" autocomplete="off" spellcheck={false} maxLength={64} />
        <Button type="submit">{t("sees.ask")}</Button>
      </form>
      {failure && <p role="alert">{tellFailure(failure).what}</p>}
      {!failure && told === null && <Skeleton width="100%" height="160px" />}
      {told && <Outcome told={told} ofOne={study.trim() !== ""} onChanged={again} />}
      {told && GRANTED_TO.has(told.role) && (
        <Button icon={Plus} onClick={() => setGranting(true)}>
          {t("sees.grant")}
        </Button>
      )}
      {granting && <Granting person={account.username} onClose={() => setGranting(false)} onGranted={again} />}
    </section>
  );
}

/** To others nothing is granted: everything is open to them, or what they are tied to. */
const GRANTED_TO: ReadonlySet<string> = new Set(["referrer", "clinician", "technologist"]);

function Outcome({ told, ofOne, onChanged }: { told: Sees; ofOne: boolean; onChanged: () => void }) {
  const opening = told.ways.filter((way) => way.opens);
  const others = told.ways.filter((way) => !way.opens);
  return (
    <>
      <p class={told.sees ? "sees-outcome sees-outcome-yes" : "sees-outcome"} role="status">
        {told.sees ? <Eye size={20} aria-hidden="true" /> : <EyeOff size={20} aria-hidden="true" />}
        <span>{outcomeOf(told, ofOne)}</span>
      </p>
      {told.ways.length === 0 && <p>{t("sees.noWays")}</p>}
      <Ways title={t("sees.why")} ways={opening} ofOne={ofOne} onChanged={onChanged} />
      <Ways title={t("sees.whyNot")} ways={others} ofOne={ofOne} onChanged={onChanged} />
      <h3>{t("sees.may")}</h3>
      <p class="sees-acts">{told.acts.length === 0 ? t("sees.mayNothing") : told.acts.map((act) => <Badge key={act}>{actInWords(act)}</Badge>)}</p>
    </>
  );
}

function outcomeOf({ sees, studies }: Sees, ofOne: boolean): string {
  if (ofOne) return t(sees ? "sees.yes" : "sees.no");
  return studies === 0 ? t("sees.nothing") : t("sees.count", { count: studies });
}

function Ways({ title, ways, ofOne, onChanged }: { title: string; ways: readonly Way[]; ofOne: boolean; onChanged: () => void }) {
  if (ways.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="sees-ways">
        {ways.map((way) => (
          <li key={way.reason}>
            {way.opens ? <Check size={20} aria-hidden="true" /> : <Minus size={20} aria-hidden="true" />}
            <div>
              <p>
                {wayInWords(way.reason, way.words)}
                {way.opens && !ofOne && <span class="lead"> {t("sees.studies", { count: way.studies })}</span>}
              </p>
              <Openings of={way} onChanged={onChanged} />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Openings({ of, onChanged }: { of: Way; onChanged: () => void }) {
  const [closing, setClosing] = useState<Opening | null>(null);
  const told = of.by.filter((one) => one.kind !== "account");
  if (told.length === 0) return null;
  return (
    <ul class="sees-by">
      {told.map((one, place) => (
        <li key={one.number ?? place}>
          <span>{openingInWords(one)}</span>
          {one.kind === "grant" && (
            <Button look="quiet" aria-label={t("sees.closeNamed", { what: openingInWords(one) })} onClick={() => setClosing(one)}>
              {t("sees.close")}
            </Button>
          )}
        </li>
      ))}
      {closing && <Closing opening={closing} onClose={() => setClosing(null)} onClosed={onChanged} />}
    </ul>
  );
}

function openingInWords(one: Opening): string {
  const what = whatOf(one);
  const to = [one.group !== null && t("sees.toGroup", { name: one.group }), one.toInstitution !== null && t("sees.toInstitution", { name: one.toInstitution })];
  const until = one.expiresAt !== null && t("sees.until", { until: momentInWords(new Date(one.expiresAt)) });
  return [what, ...to, until, one.madeBy !== null && t("sees.madeBy", { who: one.madeBy })].filter(Boolean).join(", ");
}

function whatOf({ study, patientId, referrer, institution }: Opening): string {
  if (study !== null) return t("sees.ofStudy", { uid: study });
  if (patientId !== null) return t("sees.ofPatient", { id: patientId });
  if (referrer !== null) return t("sees.ofReferrer", { name: referrer });
  return institution === null ? "" : t("sees.ofInstitution", { name: institution });
}

function Closing({ opening, onClose, onClosed }: { opening: Opening; onClose: () => void; onClosed: () => void }) {
  const close = async (): Promise<void> => {
    onClose();
    const answer = await closeGrant(opening.number ?? 0);
    toast(answer.ok ? { text: t("sees.closedNow") } : { text: tellFailure(answer.failure).what, tone: "danger" });
    onClosed();
  };
  return (
    <Dialog title={t("sees.close.title")} onClose={onClose}>
      <p>{openingInWords(opening)}</p>
      <p>{t("sees.close.what")}</p>
      <div class="dialog-buttons">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="danger" onClick={() => void close()}>
          {t("sees.close")}
        </Button>
      </div>
    </Dialog>
  );
}
