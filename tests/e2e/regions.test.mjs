// An account lives in one data centre, and nothing of it goes to another.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { callTool } from './harness/http.mjs';
import { Mesh } from './harness/mesh.mjs';

let mesh;
before(async () => {
  mesh = await Mesh.up();
});
after(() => mesh.down());

for (const [region, other] of [['eu', 'us'], ['us', 'eu']]) {
  test(`an account of ${region} reaches hosts of ${region} only`, async () => {
    const { url } = await mesh.mint(await mesh.accountOf(region));
    await mesh.fake('POST', 'expire_tokens', {});
    await mesh.fake('DELETE', 'requests');

    const { body } = await callTool(url, 'list_all_zoho_meeting_departments');

    assert.ok(body.result.structuredContent.results.length > 0);
    const roles = new Set((await mesh.zohoSaw({ region })).map((seen) => seen.role));
    assert.deepEqual(roles, new Set(['accounts', 'meeting']));
    assert.deepEqual(await mesh.zohoSaw({ region: other }), []);
  });
}
