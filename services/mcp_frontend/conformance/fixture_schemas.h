// JSON Schemas of fixtures that are more than a few words long.
#pragma once

namespace mesh::conformance {

// Keywords of JSON Schema 2020-12 that a server must hand on as they are.
inline constexpr char kJsonSchema202012[] = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "$defs": {
    "address": {
      "$anchor": "addressDef",
      "type": "object",
      "properties": {"street": {"type": "string"}, "city": {"type": "string"}}
    }
  },
  "properties": {
    "name": {"type": "string"},
    "address": {"$ref": "#/$defs/address"},
    "contactMethod": {"type": "string", "enum": ["phone", "email"]},
    "phone": {"type": "string"},
    "email": {"type": "string"}
  },
  "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
  "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
  "then": {"required": ["phone"]},
  "else": {"required": ["email"]},
  "additionalProperties": false
})";

// A form in which each field has a default.
inline constexpr char kDefaultsForm[] = R"({
  "type": "object",
  "properties": {
    "name": {"type": "string", "description": "A name", "default": "John Doe"},
    "age": {"type": "integer", "description": "In years", "default": 30},
    "score": {"type": "number", "description": "Of 100", "default": 95.5},
    "status": {
      "type": "string",
      "description": "Of the membership",
      "enum": ["active", "inactive", "pending"],
      "default": "active"
    },
    "verified": {"type": "boolean", "description": "Whether it was checked", "default": true}
  },
  "required": []
})";

// A form with each way to choose from a list.
inline constexpr char kEnumsForm[] = R"({
  "type": "object",
  "properties": {
    "untitledSingle": {
      "type": "string",
      "description": "One of three",
      "enum": ["option1", "option2", "option3"]
    },
    "titledSingle": {
      "type": "string",
      "description": "One of three, with titles",
      "oneOf": [
        {"const": "value1", "title": "First Option"},
        {"const": "value2", "title": "Second Option"},
        {"const": "value3", "title": "Third Option"}
      ]
    },
    "legacyEnum": {
      "type": "string",
      "description": "One of three, with titles as they were written before",
      "enum": ["opt1", "opt2", "opt3"],
      "enumNames": ["Option One", "Option Two", "Option Three"]
    },
    "untitledMulti": {
      "type": "array",
      "description": "Some of three",
      "minItems": 1,
      "maxItems": 3,
      "items": {"type": "string", "enum": ["option1", "option2", "option3"]}
    },
    "titledMulti": {
      "type": "array",
      "description": "Some of three, with titles",
      "minItems": 1,
      "maxItems": 3,
      "items": {
        "anyOf": [
          {"const": "value1", "title": "First Choice"},
          {"const": "value2", "title": "Second Choice"},
          {"const": "value3", "title": "Third Choice"}
        ]
      }
    }
  },
  "required": []
})";

}  // namespace mesh::conformance
