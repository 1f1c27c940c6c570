import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const OUT = 'dist';

// Below this many bytes an answer fits into one packet anyway.
const WORTH_COMPRESSING = 1024;

// Lays `.br` and `.gz` beside each file that is served as it is; index.html gets a nonce with every answer.
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      for (const entry of readdirSync(OUT, { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath, entry.name);
        if (!entry.isFile() || !/\.(js|css|svg)$/.test(file)) continue;
        const bytes = readFileSync(file);
        if (bytes.length < WORTH_COMPRESSING) continue;
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: {
          [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
      }
    },
  };
}

// `npm run dev` serves the pages and hands calls on to a mesh that `./mesh up` has started.
const MANAGEMENT = process.env['MESH_MANAGEMENT_URL'] ?? 'http://127.0.0.1:8081';
const API = ['/integrated-account', '/connect-link', '/oauth', '/api-key', '/approval', '/audit', '/usage', '/region', '/session'];

export default defineConfig({
  base: '/dashboard/',
  plugins: [react(), precompress()],
  build: {
    outDir: OUT,
    // No data: URL stands in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: Object.fromEntries(API.map((path) => [path, MANAGEMENT])) },
});
