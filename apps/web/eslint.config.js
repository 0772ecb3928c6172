import js from "@eslint/js";
import boundaries from "eslint-plugin-boundaries";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

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
      "boundaries/element-types": [
        "error",
        {
          default: "disallow",
          rules: [
            { from: "api", allow: ["api", "lib"] },
            { from: "lib", allow: ["lib"] },
            { from: "components", allow: ["components", "lib"] },
            { from: ["features"], allow: ["api", "lib", "components", ["features", { feature: "${from.feature}" }]] },
            { from: "app", allow: ["api", "lib", "components", "features", "app"] },
          ],
        },
      ],
    },
  },
  { files: ["src/api/**"], rules: { "no-restricted-globals": "off" } },
  { files: ["eslint.config.js"], ...tseslint.configs.disableTypeChecked },
);
