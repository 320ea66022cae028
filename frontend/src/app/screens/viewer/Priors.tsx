import { LoaderCircle } from "lucide-preact";
import type { Prior } from "../../../protocol/index";
import { t } from "../../i18n/viewer";
import { dateAndTime } from "../../words/dates";
import type { Room } from "./room";
import { StudyEntries } from "./Strip";

interface PriorsProps {
  room: Room;
  isCarried: boolean;
}

/** The patient's other studies beneath the series: a touch lays one beside, and then its series are there, too. */
export function Priors({ room, isCarried }: PriorsProps) {
  const { value: priors } = room.comparing.priors;
  if (priors.length === 0) return null;
  return (
    <section class="priors" aria-label={t("compare.priors")}>
      <p class="strip-head">{t("compare.priors")}</p>
      <ul class="strip">
        {priors.map((prior) => (
          <li key={prior.uid}>
            <PriorEntry room={room} prior={prior} isCarried={isCarried} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PriorEntry({ room, prior, isCarried }: PriorsProps & { prior: Prior }) {
  const { comparing } = room;
  const isComing = comparing.coming.value === prior.uid;
  const study = comparing.opened.value.get(prior.uid);
  const isBeside = room.shown.value.some(({ digest }) => digest.study.uid === prior.uid);
  return (
    <>
      <button type="button" class="entry" aria-expanded={isBeside && study !== undefined} data-beside={isBeside ? "" : undefined} onClick={() => void comparing.compareWith(prior.uid)}>
        {isComing ? (
          <span class="entry-picture entry-none">
            <LoaderCircle class="turning" size={24} aria-hidden="true" />
          </span>
        ) : (
          <img class="entry-picture" src={prior.thumbnail} alt="" width={72} height={72} loading="lazy" decoding="async" draggable={false} />
        )}
        <span class="entry-words">
          <span class="entry-title">{prior.description || prior.modalities.join(" ")}</span>
          <span class="entry-facts">{[dateAndTime(prior.date, null), prior.modalities.join(" ")].filter(Boolean).join(" · ")}</span>
        </span>
      </button>
      {isBeside && study !== undefined && (
        <ul class="strip strip-within" aria-label={t("compare.seriesOf", { study: prior.description })}>
          <StudyEntries room={room} study={study} isCarried={isCarried} />
        </ul>
      )}
    </>
  );
}
