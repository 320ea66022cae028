import { RotateCw, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { Badge, Button, IconButton, Progress } from "../../components/index";
import { type Key, t } from "../../i18n/more";
import { type Item, clearDone, drop, items, tryAgain } from "../../state/uploads/index";
import { type VerdictKind, VERDICTS } from "../../../protocol/later";
import { sizeInWords } from "../../words/sizes";

const AT_FIRST = 100;

/** Every file with its verdict; those that want somebody's attention first. */
export function FileList() {
  const [all, setAll] = useState(false);
  const sorted = [...items.value].sort((a, b) => urgency(a) - urgency(b) || a.key - b.key);
  const shown = all ? sorted : sorted.slice(0, AT_FIRST);
  if (sorted.length === 0) return null;
  const hasDone = sorted.some((item) => item.phase === "done");
  return (
    <section class="upload-list">
      <header>
        <h2>{t("upload.list")}</h2>
        {hasDone && (
          <Button look="quiet" onClick={clearDone}>
            {t("upload.clear")}
          </Button>
        )}
      </header>
      <ul>
        {shown.map((item) => (
          <FileRow key={item.key} item={item} />
        ))}
      </ul>
      {shown.length < sorted.length && <Button onClick={() => setAll(true)}>{t("upload.more", { count: sorted.length - shown.length })}</Button>}
    </section>
  );
}

const URGENT: readonly Item["phase"][] = ["failed", "stopped", "unfinished", "sending", "reading", "paused", "waiting", "done"];
const urgency = (item: Item): number => (item.counts.rejected > 0 ? -1 : URGENT.indexOf(item.phase));

function FileRow({ item }: { item: Item }) {
  const again = item.phase === "failed" || item.phase === "stopped";
  return (
    <li class="file">
      <div class="file-words">
        <p class="one-line file-name">
          <bdi>{item.name}</bdi>
        </p>
        <FileState item={item} />
        {item.phase === "sending" && <Progress label={item.name} done={item.sizeBytes === 0 ? 1 : item.sentBytes / item.sizeBytes} />}
        {item.phase === "reading" && <Progress label={item.name} done={null} />}
        <Details item={item} />
      </div>
      {again && <IconButton icon={RotateCw} label={t("upload.retry")} onClick={() => void tryAgain(item)} />}
      {item.phase !== "done" && <IconButton icon={X} label={t("upload.remove", { name: item.name })} onClick={() => drop(item)} />}
    </li>
  );
}

function FileState({ item }: { item: Item }) {
  if (item.phase === "done") return <Outcome item={item} />;
  const size = item.phase === "sending" || item.phase === "paused" ? t("upload.sumBytes", { sent: sizeInWords(item.sentBytes), bytes: sizeInWords(item.sizeBytes) }) : sizeInWords(item.sizeBytes);
  const isBad = item.phase === "failed" || item.phase === "stopped";
  const problem = item.problem || (item.phase === "failed" ? t("upload.failed") : "");
  return (
    <p class={isBad ? "file-state file-bad" : "file-state"}>
      {[t(`upload.phase.${item.phase}` satisfies Key), problem || size].join(" · ")}
    </p>
  );
}

const TONES = { stored: "exact", duplicate: "plain", rejected: "danger", skipped: "plain" } as const;

function Outcome({ item }: { item: Item }) {
  const kinds = VERDICTS.filter((kind) => item.counts[kind] > 0);
  const isOne = kinds.reduce((sum, kind) => sum + item.counts[kind], 0) === 1;
  const words = (kind: VerdictKind): string => (isOne ? t(`upload.verdict.${kind}`) : t(`upload.count.${kind}`, { count: item.counts[kind] }));
  return (
    <p class="file-state">
      {kinds.map((kind) => (
        <Badge key={kind} tone={TONES[kind]}>
          {words(kind)}
        </Badge>
      ))}
      {isOne && item.notable[0] && <span class="file-why">{item.notable[0].message}</span>}
    </p>
  );
}

/** What was not simply taken in, object by object. */
function Details({ item }: { item: Item }) {
  const isOne = item.notable.length === 1 && item.counts.stored === 0;
  if (item.notable.length === 0 || isOne) return null;
  return (
    <details class="file-details">
      <summary>{t("upload.details", { count: item.notable.length })}</summary>
      <ul>
        {item.notable.map((verdict, place) => (
          <li key={place}>
            <bdi>{verdict.name}</bdi>: {t(`upload.verdict.${verdict.verdict}`)}. {verdict.message}
          </li>
        ))}
      </ul>
    </details>
  );
}
