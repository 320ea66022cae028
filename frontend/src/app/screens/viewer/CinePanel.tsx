import { Pause, Play } from "lucide-preact";
import { RATES_HZ } from "../../../engine/index";
import { Button } from "../../components/index";
import { t } from "../../i18n/viewer";
import { CommandButton } from "./Bars";
import { commandNamed } from "./commands";
import type { Reading } from "./reading";
import { rateFigure } from "./readout";

const COMMANDS = ["slower", "faster", "bounce"] as const;

/** How fast the pictures run, how fast they really do, and what the file says of it. */
export function CinePanel({ reading }: { reading: Reading }) {
  const isPlaying = reading.cine.isPlaying.value;
  return (
    <div class="cine">
      <Button look="primary" icon={isPlaying ? Pause : Play} onClick={() => reading.cine.toggle()}>
        {t(isPlaying ? "cine.pause" : "cine.play")}
      </Button>
      <Rate reading={reading} />
      <div class="commands">
        {COMMANDS.map((name) => (
          <CommandButton key={name} command={commandNamed(reading, name)} />
        ))}
      </div>
      <OfTheFile reading={reading} />
    </div>
  );
}

function Rate({ reading }: { reading: Reading }) {
  const rate = Math.round(reading.cine.rateHz.value);
  const achieved = reading.cine.isPlaying.value ? reading.cine.achievedHz.value : null;
  return (
    <label class="rate">
      <span>
        {t("cine.rate", { rate })}
        {achieved !== null && <em>{t("cine.achieved", { rate: rateFigure(achieved) })}</em>}
      </span>
      <input
        type="range"
        min={RATES_HZ.least}
        max={RATES_HZ.most}
        step={1}
        value={rate}
        onInput={(event) => reading.cine.setRate(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

function OfTheFile({ reading }: { reading: Reading }) {
  const own = reading.item.value?.rateHz ?? null;
  const isUneven = (reading.item.value?.frameTimesMs ?? null) !== null;
  return (
    <>
      {own !== null && Math.round(own) !== Math.round(reading.cine.rateHz.value) && (
        <Button look="quiet" onClick={() => reading.cine.setRate(own)}>
          {t("cine.ownRate", { rate: Math.round(own) })}
        </Button>
      )}
      {isUneven && <p class="hint">{t("cine.uneven")}</p>}
    </>
  );
}
