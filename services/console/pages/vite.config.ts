import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // What is inlined is a data: address, which the content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Says which page loads which scripts: a test adds up their sizes.
    manifest: 'manifest.json',
  },
  // `npx vite services/console/pages` beside a `forbruk up`.
  server: { host: '127.0.0.1', proxy: { '/v1': 'http://127.0.0.1:8080' } },
})
