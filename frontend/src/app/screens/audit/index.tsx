import { Download, ScrollText } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { auditExportAddress } from "../../../protocol/index";
import { Button, Empty, Failed, Skeleton } from "../../components/index";
import { t } from "../../i18n/audit";
import { Shell } from "../../shell/Shell";
import { Chain } from "./Chain";
import { EventList } from "./EventList";
import { Filters } from "./Filters";
import { events, failure, narrow, next, loadOlder, query } from "./trail";
import "./audit.css";

/** The trail, for administrators: who did what, when and from where, and whether it is whole. */
export default function Audit() {
  useEffect(() => void narrow({}), []);
  return (
    <Shell title={t("audit.title")}>
      <div class="page audit">
        <header>
          <div>
            <h1>{t("audit.title")}</h1>
            <p class="lead">{t("audit.lead")}</p>
          </div>
          <a class="button button-plain" href={auditExportAddress(query.value)} download="audit.ndjson" title={t("audit.exportWhat")}>
            <Download size={20} aria-hidden="true" />
            <span>{t("audit.export")}</span>
          </a>
        </header>
        <Chain />
        <Filters />
        <Found />
      </div>
    </Shell>
  );
}

function Found() {
  const shown = events.value;
  if (failure.value) return <Failed icon={ScrollText} failure={failure.value} onRetry={() => void narrow(query.value)} />;
  if (shown === null) {
    return (
      <div role="status" aria-label={t("audit.loading")} class="audit-loading">
        <Skeleton width="100%" height="72px" />
        <Skeleton width="100%" height="72px" />
        <Skeleton width="100%" height="72px" />
      </div>
    );
  }
  if (shown.length === 0) {
    return (
      <Empty icon={ScrollText} title={t("audit.none.title")}>
        <p>{t("audit.none")}</p>
        <Button onClick={() => void narrow({})}>{t("audit.clear")}</Button>
      </Empty>
    );
  }
  return (
    <>
      <EventList events={shown} />
      {next.value !== null && (
        <Button wide onClick={() => void loadOlder()}>
          {t("audit.more")}
        </Button>
      )}
    </>
  );
}
