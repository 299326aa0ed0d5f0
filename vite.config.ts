/**
 * Builds the web interface into web/dist: no inline script, no data URLs, nothing from elsewhere (the CSP is strict).
 * Beside each script and style lie a .br and a .gz of it, so that the server has nothing to compress while it serves.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';
import { buildVerifiers } from './verifier/build.ts';

/** index.html is left out: the server writes a nonce into it for every answer. */
const compressed = /\.(?:js|css|svg|webmanifest)$/;

function compress(): Plugin {
  return {
    name: 'lubart-compress',
    apply: 'build',
    writeBundle({ dir }) {
      if (dir === undefined) return;
      for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        if (!compressed.test(file)) continue;
        const path = join(dir, file);
        const bytes = readFileSync(path);
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** What every page needs anyway comes as one file: fewer requests, and text compresses better together. */
const frame =
  /node_modules\/(?:react|react-dom|scheduler|use-sync-external-store|i18next|react-i18next|clsx|@tanstack\/(?:react-router|router-core|history|react-store|store|react-query|query-core))\//;

/** Beside the app: what others take away to verify the log without it. */
function verifiers(): Plugin {
  return {
    name: 'lubart-verifiers',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir !== undefined) await buildVerifiers(dir);
    },
  };
}

export default defineConfig({
  root: 'web',
  plugins: [react(), compress(), verifiers()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'frame', test: frame }] } } },
  },
});
