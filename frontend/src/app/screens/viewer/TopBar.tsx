import { useComputed } from "@preact/signals";
import { CircleQuestionMark, Eye, EyeOff, GitCompareArrows, PanelLeft } from "lucide-preact";
import { IconButton } from "../../components/index";
import { t } from "../../i18n/viewer";
import { dateAndTime } from "../../words/dates";
import { fullName } from "../../words/names";
import { BackButton } from "./Doorway";
import { isWide } from "./layout";
import type { Reading } from "./reading";

/** Back, who and what in one line, and what is not for every moment. Its buttons fade while a finger is on the picture. */
export function TopBar({ reading }: { reading: Reading }) {
  const touched = useComputed(() => (reading.room.isTouched.value ? "" : null));
  return (
    <header class="top-bar" data-faded={touched}>
      <BackButton />
      {isWide.value && (
        <IconButton
          icon={PanelLeft}
          label={t("command.series")}
          pressed={reading.room.isRailShown.value}
          onClick={() => reading.room.toggleRail()}
        />
      )}
      <Title reading={reading} />
      <HideNames reading={reading} />
      {isWide.value ? (
        <IconButton icon={CircleQuestionMark} label={t("command.help")} onClick={() => (reading.room.isHelpShown.value = true)} />
      ) : (
        <Compare reading={reading} />
      )}
    </header>
  );
}

function Title({ reading }: { reading: Reading }) {
  const { study } = reading.digest;
  const what = study.description || study.modalities.join(" ");
  return (
    <h1 class="title">
      <span class="title-name">{reading.namesHidden.value ? t("patient.hidden") : fullName(study.patient.name)}</span>
      <span class="title-study">{what}</span>
    </h1>
  );
}

/** In one touch beside the prior that is the best to compare with, and back again. */
function Compare({ reading }: { reading: Reading }) {
  const { comparing } = reading.room;
  const [best] = comparing.priors.value;
  if (best === undefined) return null;
  const isOn = comparing.isOn.value;
  return (
    <IconButton
      icon={GitCompareArrows}
      label={t("command.compareWith", { date: dateAndTime(best.date, null) })}
      pressed={isOn}
      onClick={() => comparing.toggle()}
    />
  );
}

export function HideNames({ reading: { namesHidden } }: { reading: Reading }) {
  const hidden = namesHidden.value;
  return (
    <IconButton
      icon={hidden ? EyeOff : Eye}
      label={t("command.hideNames")}
      pressed={hidden}
      onClick={() => (namesHidden.value = !hidden)}
    />
  );
}
