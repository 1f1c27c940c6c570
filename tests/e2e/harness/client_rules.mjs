// What some MCP client somewhere refuses in a list of tools.
import assert from 'node:assert/strict';

const NAME = /^[a-z0-9_]{1,60}$/;
const PROPERTY = /^[a-zA-Z0-9_.-]{1,64}$/;
const NOWHERE = ['$ref', '$defs', '$schema', 'definitions', 'allOf', 'oneOf', 'nullable'];

function checkSchema(schema, place) {
  assert.ok(schema !== null && typeof schema === 'object' && !Array.isArray(schema), place);
  for (const keyword of NOWHERE) assert.ok(!(keyword in schema), `${place}: ${keyword}`);
  assert.ok(!Array.isArray(schema.type), `${place}: several types`);
  if (schema.type === 'array') assert.ok('items' in schema, `${place}: an array without items`);
  if ('items' in schema) checkSchema(schema.items, `${place}/items`);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    checkSchema(property, `${place}/${name}`);
  }
  for (const choice of schema.anyOf ?? []) checkSchema(choice, `${place}/anyOf`);
}

// Asserts that every client takes `tools`, as ListTools tells them.
export function checkTools(tools) {
  assert.equal(new Set(tools.map((tool) => tool.name)).size, tools.length, 'two tools of one name');
  for (const tool of tools) {
    assert.match(tool.name, NAME);
    assert.ok(tool.title.length > 0 && tool.description.length > 0, tool.name);
    assert.notEqual(tool.method, 'METHOD_UNSPECIFIED', tool.name);
    const input = JSON.parse(tool.input_schema_json);
    assert.equal(input.type, 'object', tool.name);
    assert.equal(input.additionalProperties, false, tool.name);
    for (const keyword of ['anyOf', 'enum', 'not']) assert.ok(!(keyword in input), tool.name);
    for (const name of Object.keys(input.properties)) assert.match(name, PROPERTY, tool.name);
    for (const name of input.required ?? []) assert.ok(name in input.properties, tool.name);
    checkSchema(input, tool.name);
    if (tool.output_schema_json === '') continue;
    const output = JSON.parse(tool.output_schema_json);
    assert.equal(output.type, 'object', tool.name);
    checkSchema(output, `${tool.name} output`);
  }
}
