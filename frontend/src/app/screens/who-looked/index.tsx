import { ArrowLeft, Eye } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type Failure, type Seen, loadSeen } from "../../../protocol/index";
import { Button, Chip, Empty, Failed, Skeleton } from "../../components/index";
import { roleInWords, seenInWords, t } from "../../i18n/audit";
import { Shell } from "../../shell/Shell";
import { fullDate } from "../../words/dates";
import { modalityInWords, tellingModalities } from "../../words/modalities";
import { clockOf, dayInWords } from "../../words/moments";
import "./whoLooked.css";

const SMALL = "thumbnail seen";

/** For a patient: who looked at their images, in plain words. */
export default function WhoLooked() {
  const [seen, setSeen] = useState<readonly Seen[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = async (cursor: string | null): Promise<void> => {
    const answer = await loadSeen(cursor);
    setFailure(answer.ok ? null : answer.failure);
    if (!answer.ok) return;
    setSeen((before) => [...(cursor === null ? [] : (before ?? [])), ...answer.value.events]);
    setNext(answer.value.next);
  };
  useEffect(() => void load(null), []);
  return (
    <Shell title={t("looked.title")}>
      <div class="page looked">
        <a class="looked-back" href="/my-images">
          <ArrowLeft size={20} aria-hidden="true" />
          {t("looked.back")}
        </a>
        <header>
          <h1>{t("looked.title")}</h1>
        </header>
        {failure ? <Failed icon={Eye} failure={failure} onRetry={() => void load(null)} /> : <Told seen={seen} />}
        {next !== null && !failure && (
          <Button wide onClick={() => void load(next)}>
            {t("looked.more")}
          </Button>
        )}
      </div>
    </Shell>
  );
}

function Told({ seen }: { seen: readonly Seen[] | null }) {
  const [withSmall, setWithSmall] = useState(false);
  if (seen === null) {
    return (
      <div role="status" aria-label={t("looked.loading")} class="looked-loading">
        <Skeleton width="100%" height="72px" />
        <Skeleton width="100%" height="72px" />
      </div>
    );
  }
  if (seen.length === 0) {
    return (
      <Empty icon={Eye} title={t("looked.empty.title")}>
        <p>{t("looked.empty")}</p>
      </Empty>
    );
  }
  const shown = withSmall ? seen : seen.filter(({ action }) => action !== SMALL);
  return (
    <>
      <p class="lead">{t("looked.lead")}</p>
      <Chip on={withSmall} onClick={() => setWithSmall(!withSmall)}>
        {t("looked.small")}
      </Chip>
      {byDay(shown).map(({ day, of }) => (
        <section key={day} class="looked-day">
          <h2>{day}</h2>
          <ol>
            {of.map((one) => (
              <Look key={one.id} one={one} />
            ))}
          </ol>
        </section>
      ))}
      <p class="lead">{t("looked.ask")}</p>
    </>
  );
}

function byDay(seen: readonly Seen[]): { day: string; of: Seen[] }[] {
  const days = new Map<string, Seen[]>();
  for (const one of seen) {
    const day = dayInWords(one.at);
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  return [...days].map(([day, of]) => ({ day, of }));
}

function Look({ one }: { one: Seen }) {
  return (
    <li class="looked-one">
      <time dateTime={one.at}>{clockOf(one.at)}</time>
      <div>
        <p>
          <strong>{whoInWords(one)}</strong>
          {one.role !== "" && !one.isSelf && <span class="lead"> {roleInWords(one.role)}</span>}
        </p>
        <p>
          {seenInWords(one.action)} {whatInWords(one)}
        </p>
      </div>
    </li>
  );
}

function whoInWords({ isSelf, kind, name }: Seen): string {
  if (isSelf) return t("looked.you");
  if (kind === "link") return t("looked.guest");
  if (kind === "system") return t("looked.program");
  return name || t("looked.gone");
}

function whatInWords({ study }: Seen): string {
  const kinds = [...new Set(tellingModalities(study?.modalities ?? []).map(modalityInWords))].join(", ");
  const what = kinds || t("looked.images");
  const day = fullDate(study?.date ?? null);
  return day === "" ? what : t("looked.of", { what, day });
}
