import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = 'http://127.0.0.1:8347'

export default defineConfig({
  plugins: [react()],
  // the server puts a fresh one into every answer; what adds style sheets reads it from the page
  html: { cspNonce: '{{nonce}}' },
  // into the package, where the server looks; assets are never inlined, which the content security policy would refuse
  build: { outDir: '../src/labelmill/pages', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, manifest: true },
  server: { proxy: { '/api': server } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], isolate: false },
})
