import { Chip } from "../../components/index";

interface Props<Value> {
  legend: string;
  options: readonly (readonly [Value, string])[];
  value: Value;
  onChoose: (value: Value) => void;
}

/** One of several, all seen at once. */
export function Choices<Value extends string | number>({ legend, options, value, onChoose }: Props<Value>) {
  return (
    <fieldset class="share-choices">
      <legend>{legend}</legend>
      <div>
        {options.map(([one, label]) => (
          <Chip key={one} on={one === value} onClick={() => onChoose(one)}>
            {label}
          </Chip>
        ))}
      </div>
    </fieldset>
  );
}
