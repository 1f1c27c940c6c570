// Waits for what nobody announces.
import { setTimeout as sleep } from 'node:timers/promises';

// Resolves to what `check` resolves to once that is neither false nor an error. Rejects after
// `limitMs` with the last error, or one that names `what`.
export async function until(what, check, limitMs = 20_000) {
  for (const end = performance.now() + limitMs; ; ) {
    let failure;
    try {
      const found = await check();
      if (found !== false) return found;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > end) throw failure ?? new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(20);
  }
}
