// Makes a page of a framework, `node render.mjs react18|react|vue CODE FOLDER`: server.html is what its server sends with
// the pasted code in a component, client.js takes it over in the browser when `hydrate()` is called.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const [framework, code, folder] = process.argv.slice(2);

const react = {
  app: `import * as React from "react";
    export const App = () => {
      const [area, choose] = React.useState("wessex");
      React.useEffect(() => { window.hydrated = true; }, []);
      return <><button onClick={() => choose("kent")}>{area}</button>${code.replace('area="wessex"', "area={area}")}</>;
    };`,
  server: `import { renderToString } from "react-dom/server";
    import { App } from "app";
    export const html = renderToString(<App />);`,
  client: `import { hydrateRoot } from "react-dom/client";
    import { App } from "app";
    window.hydrate = () => { hydrateRoot(document.querySelector("#root"), <App />); };`,
};
const vue = {
  app: `import { createSSRApp } from "vue";
    export const make = () => {
      const app = createSSRApp({
        data: () => ({ area: "wessex" }),
        template: ${JSON.stringify(`<button @click="area = 'kent'">{{ area }}</button>${code.replace('area="wessex"', ':area="area"')}`)},
        mounted() { window.hydrated = true; },
      });
      app.config.compilerOptions.isCustomElement = (tag) => tag === "cps-news";
      return app;
    };`,
  server: `import { renderToString } from "@vue/server-renderer";
    import { make } from "app";
    export const html = await renderToString(make());`,
  client: `import { make } from "app";
    window.hydrate = () => { make().mount("#root"); };`,
};
const sources = framework === "vue" ? vue : react;

const aliases = {
  react18: { react: "react18", "react-dom": "react-dom18" },
  vue: { vue: "vue/dist/vue.esm-bundler.js" }, // with the compiler of templates
};

const bundle = (name, options) =>
  build({
    stdin: { contents: sources[name], loader: "jsx", resolveDir: here },
    plugins: [
      {
        name: "app",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^app$/ }, () => ({ path: "app", namespace: "app" }));
          onLoad({ filter: /.*/, namespace: "app" }, () => ({ contents: sources.app, loader: "jsx", resolveDir: here }));
        },
      },
    ],
    // The one whose warnings are under test.
    define: { "process.env.NODE_ENV": '"development"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    alias: aliases[framework],
    jsx: "automatic",
    bundle: true,
    logLevel: "error",
    ...options,
  });

const server = join(folder, "server.mjs");
const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url); globalThis.window ??= globalThis;' };
await bundle("server", { platform: "node", format: "esm", outfile: server, banner });
writeFileSync(join(folder, "server.html"), (await import(pathToFileURL(server))).html);
await bundle("client", { platform: "browser", format: "iife", outfile: join(folder, "client.js"), charset: "ascii" });
