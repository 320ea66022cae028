import { CircleCheck, ScanEye } from "lucide-preact";
import type { Look } from "../../../protocol/later";
import { Button } from "../../components/index";
import { t } from "../../i18n/export";
import type { Marks } from "./regions";

interface Props {
  looks: readonly Look[];
  isSeen: (look: Look) => boolean;
  marks: Marks;
  onOpen: (look: Look) => void;
}

/** The series that a person has to look at before copies of them leave, and why. */
export function Looks({ looks, isSeen, marks, onOpen }: Props) {
  if (looks.length === 0) return <p class="lead">{t("export.looks.none")}</p>;
  return (
    <section class="export-looks" aria-label={t("export.looks")}>
      <h2>{t("export.looks")}</h2>
      <p class="lead">{t("export.looks.what")}</p>
      <ul>
        {looks.map((look) => (
          <Row key={look.series} look={look} seen={isSeen(look)} regions={marks.regions.filter((each) => each.series === look.series).length} onOpen={() => onOpen(look)} />
        ))}
      </ul>
    </section>
  );
}

/** A series by its own words. */
export const titleOf = ({ modality, description }: Look): string => [modality, description].filter(Boolean).join(" · ") || t("export.look.untitled");

function Row({ look, seen, regions, onOpen }: { look: Look; seen: boolean; regions: number; onOpen: () => void }) {
  const facts = [look.device, t("export.look.images", { count: look.images.length }), regions > 0 ? t("export.look.regions", { count: regions }) : ""];
  return (
    <li class="export-look">
      <div>
        <h3>{titleOf(look)}</h3>
        <p class="lead">{facts.filter(Boolean).join(" · ")}</p>
        {seen ? (
          <p class="export-seen">
            <CircleCheck size={20} aria-hidden="true" />
            {t("export.looked")}
          </p>
        ) : (
          look.reasons.map((reason) => <p key={reason}>{t(`export.why.${reason}`)}</p>)
        )}
      </div>
      <Button icon={ScanEye} aria-label={t(seen ? "export.lookAgainAt" : "export.lookAt", { title: titleOf(look) })} onClick={onOpen}>
        {t(seen ? "export.lookAgain" : "export.look")}
      </Button>
    </li>
  );
}
