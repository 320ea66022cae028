import { useId } from "preact/hooks";
import "./field.css";
import "./select.css";

interface Props<Value extends string | number> {
  label: string;
  options: readonly (readonly [Value, string])[];
  value: Value;
  error?: string | undefined;
  onChoose: (value: Value) => void;
}

/** One of a few, with its name above it and what is wrong with it below. */
export function Select<Value extends string | number>({ label, options, value, error, onChoose }: Props<Value>) {
  const id = useId();
  const choose = (place: number): void => {
    const chosen = options[place];
    if (chosen !== undefined) onChoose(chosen[0]);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class={error ? "select field-wrong" : "select"}
        value={value}
        aria-invalid={Boolean(error) || undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={(event) => choose(event.currentTarget.selectedIndex)}
      >
        {options.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
