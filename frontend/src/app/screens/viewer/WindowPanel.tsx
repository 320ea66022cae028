import { WandSparkles } from "lucide-preact";
import { useState } from "preact/hooks";
import { type Key, t } from "../../i18n/viewer";
import { CommandButton } from "./Bars";
import { COLOURS } from "./colours";
import { commandNamed } from "./commands";
import { isMouse } from "./layout";
import { isSameWindow, typedWindow } from "./presets";
import type { Reading } from "./reading";
import { figureOf, windowText } from "./readout";

/** Every window there is for this picture: those of its kind, all that its file brings, one by its values, and any other. */
export function WindowPanel({ reading }: { reading: Reading }) {
  return (
    <>
      <Choices reading={reading} />
      {reading.hasColours.value && <Colours reading={reading} />}
      <p class="hint">{t(isMouse.value ? "window.hintMouse" : "window.hint")}</p>
      <Figures reading={reading} />
      <div class="commands">
        <CommandButton command={commandNamed(reading, "invert")} />
      </div>
    </>
  );
}

function Choices({ reading }: { reading: Reading }) {
  const { value: state } = reading.state;
  const unit = reading.slice.value?.format.unit ?? "";
  const chosen = state === null || state.isOwnWindow ? null : state.window;
  return (
    <div class="choices" role="group" aria-label={t("window.presets")}>
      {reading.presets.value.map(({ id, name, window, key }) => (
        <button key={id} type="button" class="choice" aria-pressed={isSameWindow(window, chosen)} onClick={() => reading.setWindow(window)}>
          <span>{name}</span>
          <small>{window === null ? t("preset.ownText") : windowText(window, unit)}</small>
          {key !== null && <kbd>{key}</kbd>}
        </button>
      ))}
      <button type="button" class="choice choice-auto" onClick={() => void reading.autoWindow()}>
        <WandSparkles size={16} aria-hidden="true" />
        <span>{t("window.auto")}</span>
        <small>{t("window.autoText")}</small>
        <kbd>U</kbd>
      </button>
    </div>
  );
}

/** Uptake may be read in the palettes of the standard. */
function Colours({ reading }: { reading: Reading }) {
  return (
    <div class="choices colours" role="group" aria-label={t("colours.name")}>
      {COLOURS.map(({ map, labelKey }) => (
        <button key={map} type="button" class="choice" aria-pressed={reading.colours.value === map} onClick={() => reading.setColours(map)}>
          <i class="swatch" data-colours={map} aria-hidden="true" />
          <span>{t(labelKey)}</span>
        </button>
      ))}
    </div>
  );
}

const FIGURES: readonly (readonly ["width" | "center", Key])[] = [
  ["width", "window.width"],
  ["center", "window.level"],
];

/** The window as figures that can be typed. */
function Figures({ reading }: { reading: Reading }) {
  const window = reading.state.value?.window ?? null;
  if (window === null) return null;
  const take = (which: "width" | "center", typed: number): void => {
    const next = typedWindow(window, which, typed);
    if (next !== null) reading.setWindow(next);
  };
  return (
    <div class="figures">
      {FIGURES.map(([which, labelKey]) => (
        <Figure key={which} name={t(labelKey)} shown={figureOf(window[which])} onTyped={(typed) => take(which, typed)} />
      ))}
    </div>
  );
}

interface FigureParts {
  name: string;
  shown: string;
  onTyped: (typed: number) => void;
}

/** What is being typed stays as it is typed, whatever else is drawn anew meanwhile. */
function Figure({ name, shown, onTyped }: FigureParts) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <label>
      <span>{name}</span>
      <input
        type="number"
        inputMode="decimal"
        step="any"
        value={typed ?? shown}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onChange={(event) => {
          onTyped(event.currentTarget.valueAsNumber);
          setTyped(null);
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  );
}
