import { SlidersHorizontal } from "lucide-preact";
import { useState } from "preact/hooks";
import type { AuditQuery } from "../../../protocol/index";
import { Button, Chip, Dialog, Field } from "../../components/index";
import { Select } from "../../components/Select";
import { actionInWords, t } from "../../i18n/audit";
import { calendarDay } from "../../words/dates";
import { actions, narrow, query } from "./trail";

const NAMES = ["person", "patient", "study", "action", "from", "to"] as const;

/** Which events: the two that are asked for most at hand, the rest in a dialog, what holds as chips that take it off. */
export function Filters() {
  const [open, setOpen] = useState(false);
  const { outcome, ...rest } = query.value;
  const today = calendarDay();
  const isToday = rest.from === today && rest.to === today;
  const change = (changes: AuditQuery): void => void narrow({ ...query.value, ...changes });
  return (
    <div class="filters audit-filters" role="group" aria-label={t("audit.filters")}>
      <Chip on={false} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <SlidersHorizontal size={16} aria-hidden="true" />
        {t("audit.filter")}
      </Chip>
      <Chip on={outcome === "refused"} onClick={() => change({ outcome: outcome === "refused" ? "" : "refused" })}>
        {t("audit.refusedOnly")}
      </Chip>
      <Chip on={isToday} onClick={() => change(isToday ? { from: "", to: "" } : { from: today, to: today })}>
        {t("audit.today")}
      </Chip>
      {NAMES.filter((name) => rest[name] && !(isToday && (name === "from" || name === "to"))).map((name) => (
        <Chip key={name} on onClick={() => change({ [name]: "" })}>
          {t(`audit.${name}`)}: {name === "action" ? actionInWords(rest.action ?? "") : rest[name]}
        </Chip>
      ))}
      {open && <Choose onClose={() => setOpen(false)} />}
    </div>
  );
}

function Choose({ onClose }: { onClose: () => void }) {
  const [given, setGiven] = useState<AuditQuery>(query.value);
  const put = (name: keyof AuditQuery) => (text: string) => setGiven({ ...given, [name]: text.trim() });
  return (
    <Dialog title={t("audit.filters")} onClose={onClose}>
      <form
        class="audit-form"
        onSubmit={(event) => {
          event.preventDefault();
          void narrow(given);
          onClose();
        }}
      >
        <Field label={t("audit.person")} hint={t("audit.personHint")} value={given.person ?? ""} autocomplete="off" onText={put("person")} />
        <Field label={t("audit.patient")} value={given.patient ?? ""} autocomplete="off" onText={put("patient")} />
        <Field label={t("audit.study")} value={given.study ?? ""} autocomplete="off" inputMode="decimal" onText={put("study")} />
        <Select label={t("audit.action")} options={[["", t("audit.anyAction")], ...actions.value.map((action) => [action, actionInWords(action)] as const)]} value={given.action ?? ""} onChoose={put("action")} />
        <div class="audit-days">
          <Field label={t("audit.from")} type="date" value={given.from ?? ""} onText={put("from")} />
          <Field label={t("audit.to")} type="date" value={given.to ?? ""} onText={put("to")} />
        </div>
        <div class="dialog-buttons">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" type="submit">
            {t("audit.apply")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
