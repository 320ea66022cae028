import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Who may import whom: `engine` and `protocol` know nobody, `offline` knows `protocol`, `app` enters each folder by its index. */
const border = (files, forbidden) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: forbidden }] },
});
const outside = (...names) => ({
  regex: `^(\\.\\./)+(${names.join("|")})(/|$)`,
  message: "This room may not know that one: see docs/life-of-a-tile.md.",
});
const packages = { regex: "^[^.]", message: "No packages in here: the platform is enough." };
const byIndex = {
  // Three doors into protocol: what its index names is part of the first load, and what streams waits for no later screen.
  regex: "/(engine|protocol|offline)/(?!index$|later$|stackSayings$).+",
  message: "Enter another room by its index.",
};

export default tseslint.config(
  { ignores: ["dist", "dev-dist", "node_modules"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["*.js", "scripts/*.mjs"] } } },
    rules: {
      complexity: ["error", 10],
      "max-lines": ["error", { max: 400 }],
      "max-params": ["error", 6],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "No text from a file ever becomes markup (promise P10).",
        },
        {
          selector: "MemberExpression[property.name=/^(inner|outer)HTML$/]",
          message: "No text from a file ever becomes markup (promise P10).",
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  border(["src/engine/**"], [outside("app", "protocol", "offline"), packages]),
  // The decoder is a program of its own, in a worker of its own: two files may know it.
  border(["src/engine/decode/htj2k.ts", "src/engine/decode/compiled.ts"], [outside("app", "protocol", "offline")]),
  border(["src/protocol/**"], [outside("app", "engine", "offline"), packages]),
  border(["src/offline/**"], [outside("app", "engine")]),
  border(["src/app/**"], [byIndex]),
  {
    files: ["**/*.mjs", "*.js"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      globals: { console: "readonly", process: "readonly", URL: "readonly", Buffer: "readonly" },
    },
    rules: { ...tseslint.configs.disableTypeChecked.rules, "no-console": "off" },
  },
);
