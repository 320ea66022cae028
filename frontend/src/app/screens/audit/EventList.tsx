import type { AuditEvent } from "../../../protocol/index";
import { Badge } from "../../components/index";
import { actionInWords, roleInWords, t } from "../../i18n/audit";
import { clockOf, dayInWords, momentInFull } from "../../words/moments";
import { fullName } from "../../words/names";
import { narrow, query } from "./trail";

/** Events under their days. What is pressed narrows the list to it. */
export function EventList({ events }: { events: readonly AuditEvent[] }) {
  return (
    <div class="audit-list">
      {byDay(events).map(({ day, of }) => (
        <section key={day}>
          <h2>{day}</h2>
          <ol>
            {of.map((event) => (
              <Event key={event.id} event={event} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function byDay(events: readonly AuditEvent[]): { day: string; of: AuditEvent[] }[] {
  const days = new Map<string, AuditEvent[]>();
  for (const event of events) {
    const day = dayInWords(event.at);
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  return [...days].map(([day, of]) => ({ day, of }));
}

function Event({ event }: { event: AuditEvent }) {
  return (
    <li class="audit-event">
      <time dateTime={event.at} title={momentInFull(event.at)}>
        {clockOf(event.at)}
      </time>
      <div>
        <p class="audit-what">
          <strong>{actionInWords(event.action)}</strong>
          {event.outcome !== "ok" && <Badge tone="danger">{t("audit.refused")}</Badge>}
        </p>
        <p class="audit-who">
          {event.account !== "" && event.kind === "person" ? <Only what={whoInWords(event)} to={{ person: event.account }} /> : whoInWords(event)}
          <span class="lead"> {howInWords(event)}</span>
        </p>
        <About event={event} />
        {event.details.length > 0 && <p class="lead audit-details">{event.details.map(([name, value]) => `${name}: ${value}`).join(" · ")}</p>}
      </div>
    </li>
  );
}

function whoInWords({ kind, name, account, role }: AuditEvent): string {
  if (kind === "system") return t("audit.system", { name: account });
  if (kind === "link") return t("audit.guest");
  if (kind === "nobody") return t("audit.nobody");
  return role === "" ? name : t("audit.who", { name, role: roleInWords(role) });
}

function howInWords({ means, apiKey, address }: AuditEvent): string {
  const by = { key: t("audit.means.key", { number: String(apiKey ?? "") }), link: t("audit.means.link"), command: t("audit.means.command") };
  return [means in by ? by[means as keyof typeof by] : "", address === "" ? "" : t("audit.from.session", { address })].filter(Boolean).join(", ");
}

/** The study and the patient it was about. */
function About({ event: { patient, study } }: { event: AuditEvent }) {
  if (!patient && !study) return null;
  const words = study ? study.description || study.modalities.join(", ") || study.uid : "";
  return (
    <p class="audit-about">
      {patient && <Only what={[fullName(patient.name), patient.id].filter(Boolean).join(" · ")} to={{ patient: patient.id }} />}
      {study && <Only what={study.isHere ? words : `${study.uid} (${t("audit.gone")})`} to={{ study: study.uid }} />}
    </p>
  );
}

function Only({ what, to }: { what: string; to: { person: string } | { patient: string } | { study: string } }) {
  return (
    <button type="button" class="audit-only" title={t("audit.only", { what })} onClick={() => void narrow({ ...query.value, ...to })}>
      {what}
    </button>
  );
}
