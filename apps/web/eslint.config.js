import js from "@eslint/js";
import boundaries from "eslint-plugin-boundaries";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const allow = (from, to) => ({ from: { element: { type: from } }, allow: { to: { element: { type: to } } } });

// components, lib <- features <- app; features never import one another; only api/ knows a URL.
export default tseslint.config(
  { ignores: ["dist", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  jsxA11y.flatConfigs.recommended,
  reactHooks.configs.flat["recommended-latest"],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js"] }, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { boundaries },
    settings: {
      "import/resolver": { typescript: { project: "./tsconfig.json" } },
      "boundaries/elements": [
        { type: "api", pattern: "src/api" },
        { type: "lib", pattern: "src/lib" },
        { type: "components", pattern: "src/components" },
        { type: "features", pattern: "src/features/*", capture: ["feature"] },
        { type: "app", pattern: "src/app" },
      ],
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-restricted-globals": ["error", { name: "fetch", message: "only src/api talks to the server" }],
      "boundaries/dependencies": [
        "error",
        {
          default: "disallow",
          policies: [
            allow("api", ["api", "lib"]),
            allow("lib", ["lib"]),
            allow("components", ["components", "lib"]),
            allow("features", ["api", "lib", "components"]),
            {
              from: { element: { type: "features" } },
              allow: { to: { element: { type: "features", captured: { feature: "{{ from.element.captured.feature }}" } } } },
            },
            allow("app", ["api", "lib", "components", "features", "app"]),
          ],
        },
      ],
    },
  },
  { files: ["src/api/**"], rules: { "no-restricted-globals": "off" } },
  { files: ["eslint.config.js"], ...tseslint.configs.disableTypeChecked },
);
